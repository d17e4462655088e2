// Locks a key until the transaction ends, so that it cannot be retired meanwhile.
// params:  $id :: INTEGER
// returns: one row {id}, or none when the key was retired
// feed:    nothing: keys are read from Neo4j
MERGE (key:FieldKey {id: $id})
SET key.locked = true
WITH key
WHERE key.retired_at IS NULL
RETURN key.id AS id
