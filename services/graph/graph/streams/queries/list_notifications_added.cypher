// Lists the notifications that a person was sent between two positions of the change feed; those older than the feed first, by time.
// params:  $of, $after_id :: STRING, $position, $until, $limit :: INTEGER, $older_at :: STRING or null, $older_id :: STRING
// returns: rows {id, position, created_at}; `created_at` only of those older than the feed, which are listed after $older_at
CALL () {
  MATCH (n:Notification)
  USING INDEX n:Notification(to, created_at, id)
  WHERE n.to = $of AND n.created_at >= $older_at AND n.id >= '' AND (n.created_at > $older_at OR n.id > $older_id)
    AND n.added_position IS NULL
  RETURN n.id AS id, 0 AS position, n.created_at AS created_at ORDER BY n.to, n.created_at, n.id LIMIT $limit
  UNION ALL
  MATCH (n:Notification)
  USING INDEX n:Notification(to, added_position)
  WHERE n.to = $of AND n.added_position >= $position AND n.added_position <= $until
    AND (n.added_position > $position OR n.id > $after_id)
  RETURN n.id AS id, n.added_position AS position, null AS created_at ORDER BY n.to, n.added_position, n.id LIMIT $limit
}
RETURN id, position, created_at ORDER BY position, created_at, id LIMIT $limit
