// Keeps the answer beside the change that it tells of.
// params:  $id, $answer :: STRING
// returns: nothing
MATCH (key:IdempotencyKey {id: $id})
SET key.answer = $answer
