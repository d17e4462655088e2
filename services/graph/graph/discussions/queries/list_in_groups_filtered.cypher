// Lists the discussions of several groups, newest first, of one kind, topic or language.
// params:  as list_in_groups, with $kind, $topic, $language :: STRING or null
// returns: rows {group, total, rows :: LIST OF {id, created_at}}
UNWIND $groups AS group
CALL (group) {
  MATCH (d:Discussion)
  USING INDEX d:Discussion(group_id, created_at, id)
  WHERE d.group_id = group AND d.created_at >= '' AND d.id >= ''  // an index needs a word on each of its columns
    AND ($kind IS NULL OR d.kind = $kind) AND ($topic IS NULL OR $topic IN d.topic_keys)
    AND ($language IS NULL OR d.language = $language) AND (d.state <> 'HELD' OR d.author_id = $viewer)
  WITH d ORDER BY d.created_at DESC, d.id
  RETURN collect({id: d.id, created_at: d.created_at}) AS found
}
WITH group, found, [row IN found WHERE row.created_at < $before OR (row.created_at = $before AND row.id > $last)] AS rest
RETURN group, size(found) AS total, rest[0..$first] AS rows
