// Lists a group's discussions since a moment, oldest first, at most 100.
// params:  $group, $since, $viewer :: STRING
// returns: rows {id}
MATCH (d:Discussion)
USING INDEX d:Discussion(group_id, created_at, id)
WHERE d.group_id = $group AND d.created_at >= $since AND d.id >= '' AND (d.state <> 'HELD' OR d.author_id = $viewer)
RETURN d.id AS id ORDER BY d.group_id, d.created_at, d.id LIMIT 100
