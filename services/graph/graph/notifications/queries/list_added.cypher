// Lists the notifications that a person was sent after a position of the change feed, at most 100; those older than it first, by time.
// params:  $of :: STRING, $position :: INTEGER, $created_after :: STRING or null (for those without a position)
// returns: rows {id, position}
CALL () {
  MATCH (n:Notification)
  USING INDEX n:Notification(to, created_at, id)
  WHERE n.to = $of AND n.created_at > $created_after AND n.id >= '' AND n.added_position IS NULL
  RETURN n.id AS id, null AS position, n.created_at AS at ORDER BY n.to, n.created_at, n.id LIMIT 100
  UNION ALL
  MATCH (n:Notification)
  USING INDEX n:Notification(to, added_position)
  WHERE n.to = $of AND n.added_position > $position
  RETURN n.id AS id, n.added_position AS position, '' AS at ORDER BY n.to, n.added_position LIMIT 100
}
RETURN id, position ORDER BY position IS NOT NULL, position, at, id LIMIT 100
