// Sets properties of a flag under its lock; null takes one away.
// params:  $id :: STRING, $fields :: MAP of properties
// returns: nothing
// feed:    nothing: flags are read from Neo4j
MATCH (f:Flag {id: $id})
SET f += $fields
