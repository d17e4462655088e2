// Lists the posts of several discussions, oldest first.
// params:  $discussions :: LIST OF STRING, $since, $last, $viewer :: STRING, $first :: INTEGER, $properties :: PROPERTIES
// returns: rows {discussion, rows :: LIST OF {values :: LIST of those of $properties, key, blocked}}
UNWIND $discussions AS discussion
CALL (discussion) {
  MATCH (p:Post)
  USING INDEX p:Post(discussion_id, created_at, id)
  WHERE p.discussion_id = discussion AND p.created_at >= $since AND p.id >= ''  // a word on each of the index's columns
    AND NOT (p.created_at = $since AND p.id <= $last) AND (p.state <> 'HELD' OR p.author_id = $viewer)
  WITH p ORDER BY p.discussion_id, p.created_at, p.id LIMIT $first
  RETURN collect({values: [name IN $properties | p[name]], key: p.created_at,
    blocked: EXISTS { (:Professional {id: p.author_id})-[:BLOCKS]-(:Professional {id: $viewer}) }}) AS rows
}
RETURN discussion, rows
