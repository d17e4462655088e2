// Finds the group of a discussion.
// params:  $discussion :: STRING
// returns: at most one row {group}
MATCH (d:Discussion {id: $discussion})
RETURN d.group_id AS group
