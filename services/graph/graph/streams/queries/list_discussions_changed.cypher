// Lists the discussions of a group whose last change lies between two positions of the change feed.
// params:  $of, $after_id :: STRING, $position, $until, $limit :: INTEGER
// returns: rows {id, position}
MATCH (d:Discussion)
USING INDEX d:Discussion(group_id, changed_position)
WHERE d.group_id = $of AND d.changed_position >= $position AND d.changed_position <= $until
  AND (d.changed_position > $position OR d.id > $after_id)
  AND (d.added_position IS NULL OR d.added_position < d.changed_position)
RETURN d.id AS id, d.changed_position AS position ORDER BY d.group_id, d.changed_position, d.id LIMIT $limit
