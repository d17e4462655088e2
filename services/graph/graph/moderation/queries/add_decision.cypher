// Adds a decision.
// params:  $decision :: MAP of properties
// returns: nothing
CREATE (d:Decision)
SET d = $decision
