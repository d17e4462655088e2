// Records that a person asks for an introduction.
// params:  $introduction :: MAP of properties
// returns: nothing
// feed:    nothing: introductions are read from Neo4j
CREATE (i:Introduction)
SET i = $introduction
