// Reads the discussions of several groups, newest first, of one kind, topic or language.
// params:  as list_in_groups, with $kind, $topic, $language :: STRING or null
// returns: rows {group, total, rows :: LIST OF {discussion :: LIST of the values of $properties, blocked}}
UNWIND $groups AS group
CALL (group) {
  MATCH (d:Discussion)
  USING INDEX d:Discussion(group_id, created_at, id)
  WHERE d.group_id = group AND d.created_at >= '' AND d.id >= ''  // an index needs a word on each of its columns
    AND ($kind IS NULL OR d.kind = $kind) AND ($topic IS NULL OR $topic IN d.topic_keys)
    AND ($language IS NULL OR d.language = $language) AND (d.state <> 'HELD' OR d.author_id = $viewer)
  WITH d ORDER BY d.created_at DESC, d.id
  RETURN collect(d) AS found
}
WITH group, found, [d IN found WHERE d.created_at < $before OR (d.created_at = $before AND d.id > $last)][0..$first] AS rest
RETURN group, size(found) AS total, [d IN rest | {discussion: [name IN $properties | d[name]],
  blocked: EXISTS { (:Professional {id: d.author_id})-[:BLOCKS]-(:Professional {id: $viewer}) }}] AS rows
