// Keeps the answer beside the change that it tells of.
// params:  $id, $answer :: STRING
// returns: nothing
// feed:    nothing: keys are read from Neo4j
MATCH (key:IdempotencyKey {id: $id})
SET key.answer = $answer
