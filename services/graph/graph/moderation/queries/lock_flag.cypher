// Locks a flag and reads it with its last decision.
// params:  $id, $now :: STRING
// returns: at most one row {flag, decision}
// feed:    nothing: it takes locks
MATCH (f:Flag {id: $id})
SET f.locked_at = $now  // takes the write lock
WITH f
OPTIONAL MATCH (d:Decision {id: f.decision})
RETURN f {.*} AS flag, d {.*} AS decision
