// Lists the posts of live sessions, the most helpful first, then the oldest.
// params:  $discussions :: LIST OF STRING, $since, $last, $viewer :: STRING, $first :: INTEGER, $properties :: PROPERTIES
// returns: rows {discussion, rows :: LIST OF {values :: LIST of those of $properties, key, blocked}}, whose `key` is what they are sorted by
UNWIND $discussions AS discussion
CALL (discussion) {
  MATCH (p:Post)
  USING INDEX p:Post(discussion_id, created_at, id)
  WHERE p.discussion_id = discussion AND p.created_at >= '' AND p.id >= ''  // a word on each of the index's columns
    AND (p.state <> 'HELD' OR p.author_id = $viewer)
  WITH p, right('0000000' + toString(9999999 - coalesce(p.helpful, 0)), 7) + p.created_at AS key
  WHERE key > $since OR (key = $since AND p.id > $last)
  WITH p, key ORDER BY key, p.id LIMIT $first
  RETURN collect({values: [name IN $properties | p[name]], key: key,
    blocked: EXISTS { (:Professional {id: p.author_id})-[:BLOCKS]-(:Professional {id: $viewer}) }}) AS rows
}
RETURN discussion, rows
