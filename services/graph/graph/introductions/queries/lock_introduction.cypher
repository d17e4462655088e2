// Locks an introduction and reads it.
// params:  $id, $now :: STRING
// returns: at most one row {introduction}
// feed:    nothing: it takes locks
MATCH (i:Introduction {id: $id})
SET i.locked_at = $now  // takes the write lock
RETURN i {.*} AS introduction
