// Lists the posts of live sessions, the most helpful first, then the oldest.
// params:  $discussions :: LIST OF STRING, $since, $last, $viewer :: STRING, $first :: INTEGER
// returns: rows {discussion, rows :: LIST OF post maps}, whose `key` is what they are sorted by
UNWIND $discussions AS discussion
CALL (discussion) {
  MATCH (p:Post)
  USING INDEX p:Post(discussion_id, created_at, id)
  WHERE p.discussion_id = discussion AND p.created_at >= '' AND p.id >= ''  // a word on each of the index's columns
    AND (p.state <> 'HELD' OR p.author_id = $viewer)
  WITH p, right('0000000' + toString(9999999 - coalesce(p.helpful, 0)), 7) + p.created_at AS key
  WHERE key > $since OR (key = $since AND p.id > $last)
  WITH p, key ORDER BY key, p.id LIMIT $first
  RETURN collect(p {.id, .discussion_id, .state, .body, .language, .created_at, .edited_at, .version, .in_reply_to,
    .author_id, .mentions, .sources, .labels, .held,
    blocked: EXISTS { (:Professional {id: p.author_id})-[:BLOCKS]-(:Professional {id: $viewer}) }, key: key}) AS rows
}
RETURN discussion, rows
