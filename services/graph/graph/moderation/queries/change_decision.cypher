// Sets properties of a decision.
// params:  $id :: STRING, $fields :: MAP of properties
// returns: nothing
MATCH (d:Decision {id: $id})
SET d += $fields
