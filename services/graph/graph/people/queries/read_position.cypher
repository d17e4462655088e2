// Reads how far an installation's outbox is applied here.
// params:  $installation :: STRING
// returns: at most one row {epoch, position :: INTEGER, row :: STRING}
MATCH (s:ProjectionState {installation: $installation})
RETURN s.epoch AS epoch, coalesce(s.position, 0) AS position, s.row AS row
