// Lets keys never be used again.
// params:  $ids :: LIST OF INTEGER, $at :: STRING
// returns: one row {retired :: INTEGER}, which counts those that were not retired before
// feed:    nothing: keys are read from Neo4j
MATCH (key:FieldKey)
WHERE key.id IN $ids AND key.retired_at IS NULL
SET key.retired_at = $at
RETURN count(*) AS retired
