// Sets properties of a decision.
// params:  $id :: STRING, $fields :: MAP of properties
// returns: nothing
// feed:    nothing: decisions are read from Neo4j
MATCH (d:Decision {id: $id})
SET d += $fields
