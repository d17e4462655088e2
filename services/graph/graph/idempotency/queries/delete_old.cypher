// Deletes keys that were first used before a moment, some at a time.
// params:  $before :: STRING, $most :: INTEGER
// returns: one row {deleted :: INTEGER}
// feed:    nothing: keys are read from Neo4j
MATCH (key:IdempotencyKey)
WHERE key.created_at < $before
WITH key LIMIT $most
DELETE key
RETURN count(*) AS deleted
