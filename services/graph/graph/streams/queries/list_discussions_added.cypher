// Lists the discussions that were added to a group between two positions of the change feed; those older than the feed first, by time.
// params:  $of, $after_id :: STRING, $position, $until, $limit :: INTEGER, $older_at :: STRING or null, $older_id :: STRING
// returns: rows {id, position, created_at}; `created_at` only of those older than the feed, which are listed after $older_at
CALL () {
  MATCH (d:Discussion)
  USING INDEX d:Discussion(group_id, created_at, id)
  WHERE d.group_id = $of AND d.created_at >= $older_at AND d.id >= '' AND (d.created_at > $older_at OR d.id > $older_id)
    AND d.added_position IS NULL AND d.state <> 'HELD'
  RETURN d.id AS id, 0 AS position, d.created_at AS created_at ORDER BY d.group_id, d.created_at, d.id LIMIT $limit
  UNION ALL
  MATCH (d:Discussion)
  USING INDEX d:Discussion(group_id, added_position)
  WHERE d.group_id = $of AND d.added_position >= $position AND d.added_position <= $until
    AND (d.added_position > $position OR d.id > $after_id)
  RETURN d.id AS id, d.added_position AS position, null AS created_at ORDER BY d.group_id, d.added_position, d.id LIMIT $limit
}
RETURN id, position, created_at ORDER BY position, created_at, id LIMIT $limit
