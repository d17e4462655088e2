// Locks a context note and reads it.
// params:  $id, $now :: STRING
// returns: at most one row {note}
// feed:    nothing: it takes locks
MATCH (n:ContextNote {id: $id})
SET n.locked_at = $now  // takes the write lock
RETURN n {.*} AS note
