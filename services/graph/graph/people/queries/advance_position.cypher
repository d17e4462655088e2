// Notes how far an installation's outbox is applied here; it never goes back.
// params:  $installation, $row :: STRING (the id of the outbox row at the position), $epoch, $position :: INTEGER
// returns: one row {epoch :: INTEGER}, the epoch that was known before
// feed:    nothing: nobody but the relay reads it
// It is the last statement of a delivery, so that its lock is held no longer than the commit takes.
MERGE (s:ProjectionState {installation: $installation})
SET s.epoch = coalesce(s.epoch, 0)  // takes the write lock, so that the comparison below cannot go stale
WITH s, s.epoch AS epoch, coalesce(s.position, 0) AS position
FOREACH (newer IN CASE WHEN $epoch > epoch OR ($epoch = epoch AND $position > position) THEN [1] ELSE [] END |
  SET s.epoch = $epoch, s.position = $position, s.row = $row)
RETURN epoch
