// Sets a context note's status and where it was found helpful, under its lock.
// params:  $id, $status :: STRING, $helpful_in :: LIST OF STRING
// returns: nothing
// feed:    nothing: notes are read from Neo4j
MATCH (n:ContextNote {id: $id})
SET n.status = $status, n.helpful_in = $helpful_in
