// Lists the discussions that were added to a group after a position of the change feed, at most 100; those older than it first, by time.
// params:  $of :: STRING, $position :: INTEGER, $created_after :: STRING or null (for those without a position)
// returns: rows {id, position}
CALL () {
  MATCH (d:Discussion)
  USING INDEX d:Discussion(group_id, created_at, id)
  WHERE d.group_id = $of AND d.created_at > $created_after AND d.id >= '' AND d.added_position IS NULL AND d.state <> 'HELD'
  RETURN d.id AS id, null AS position, d.created_at AS at ORDER BY d.group_id, d.created_at, d.id LIMIT 100
  UNION ALL
  MATCH (d:Discussion)
  USING INDEX d:Discussion(group_id, added_position)
  WHERE d.group_id = $of AND d.added_position > $position
  RETURN d.id AS id, d.added_position AS position, '' AS at ORDER BY d.group_id, d.added_position LIMIT 100
}
RETURN id, position ORDER BY position IS NOT NULL, position, at, id LIMIT 100
