// Locks a discussion for a change.
// params:  $discussion, $now :: STRING
// returns: at most one row {id, group, state}
MATCH (d:Discussion {id: $discussion})
SET d.locked_at = $now  // takes the write lock
RETURN d.id AS id, d.group_id AS group, d.state AS state
