// Claims an idempotency key; a second request at once waits here for the first to commit.
// params:  $id, $fingerprint, $now :: STRING
// returns: one row {fresh, fingerprint, answer}
// feed:    nothing: keys are read from Neo4j
MERGE (key:IdempotencyKey {id: $id})
ON CREATE SET key.fingerprint = $fingerprint, key.created_at = $now, key.fresh = true
ON MATCH SET key.fresh = false
RETURN key.fresh AS fresh, key.fingerprint AS fingerprint, key.answer AS answer
