// Adds a context note.
// params:  $note :: MAP of properties
// returns: nothing
// feed:    nothing: notes are read from Neo4j
CREATE (n:ContextNote)
SET n = $note
