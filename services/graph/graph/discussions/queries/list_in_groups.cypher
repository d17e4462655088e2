// Reads the discussions of several groups, newest first.
// params:  $groups :: LIST OF STRING, $before, $last, $viewer :: STRING (where the page before ended), $first :: INTEGER,
//          $properties :: PROPERTIES
// returns: rows {group, rows :: LIST OF {discussion :: LIST of the values of $properties, blocked}}, one more than $first where there are more
UNWIND $groups AS group
CALL (group) {
  MATCH (d:Discussion)
  USING INDEX d:Discussion(group_id, created_at, id)
  WHERE d.group_id = group AND d.created_at <= $before AND d.id >= ''  // an index needs a word on each of its columns
    AND NOT (d.created_at = $before AND d.id <= $last) AND (d.state <> 'HELD' OR d.author_id = $viewer)
  WITH d ORDER BY d.group_id DESC, d.created_at DESC, d.id LIMIT $first
  RETURN collect({discussion: [name IN $properties | d[name]],
    blocked: EXISTS { (:Professional {id: d.author_id})-[:BLOCKS]-(:Professional {id: $viewer}) }}) AS rows
}
RETURN group, rows
