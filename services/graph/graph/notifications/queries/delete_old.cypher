// Deletes notifications that are older than a moment, some at a time.
// params:  $before :: STRING, $most :: INTEGER
// returns: one row {deleted :: INTEGER}
// feed:    nothing: notifications are read from Neo4j
MATCH (n:Notification)
WHERE n.created_at < $before
WITH n LIMIT $most
DETACH DELETE n
RETURN count(*) AS deleted
