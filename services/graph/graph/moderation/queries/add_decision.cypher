// Adds a decision.
// params:  $decision :: MAP of properties
// returns: nothing
// feed:    nothing: decisions are read from Neo4j
CREATE (d:Decision)
SET d = $decision
