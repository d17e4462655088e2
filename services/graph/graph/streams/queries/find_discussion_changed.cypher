// Finds a discussion whose last change lies between two positions of the change feed.
// params:  $of, $after_id :: STRING, $position, $until, $limit :: INTEGER
// returns: at most one row {id, position}
MATCH (d:Discussion {id: $of})
WHERE d.changed_position >= $position AND d.changed_position <= $until
  AND (d.changed_position > $position OR d.id > $after_id)
  AND (d.added_position IS NULL OR d.added_position < d.changed_position)
RETURN d.id AS id, d.changed_position AS position LIMIT $limit
