// Adds a context note.
// params:  $note :: MAP of properties
// returns: nothing
CREATE (n:ContextNote)
SET n = $note
