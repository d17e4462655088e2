// Records that a person asks for an introduction.
// params:  $introduction :: MAP of properties
// returns: nothing
CREATE (i:Introduction)
SET i = $introduction
