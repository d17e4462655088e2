// Lists the posts of several discussions, oldest first.
// params:  $discussions :: LIST OF STRING, $since, $last, $viewer :: STRING, $first :: INTEGER
// returns: rows {discussion, rows :: LIST OF post maps}
UNWIND $discussions AS discussion
CALL (discussion) {
  MATCH (p:Post)
  USING INDEX p:Post(discussion_id, created_at, id)
  WHERE p.discussion_id = discussion AND p.created_at >= $since AND p.id >= ''  // a word on each of the index's columns
    AND NOT (p.created_at = $since AND p.id <= $last) AND (p.state <> 'HELD' OR p.author_id = $viewer)
  WITH p ORDER BY p.discussion_id, p.created_at, p.id LIMIT $first
  RETURN collect(p {.id, .discussion_id, .state, .body, .language, .created_at, .edited_at, .version, .in_reply_to,
    .author_id, .mentions, .sources, .labels, .held,
    blocked: EXISTS { (:Professional {id: p.author_id})-[:BLOCKS]-(:Professional {id: $viewer}) }, key: p.created_at}) AS rows
}
RETURN discussion, rows
