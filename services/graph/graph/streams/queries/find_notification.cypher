// Finds where a notification of a person was added.
// params:  $id, $of :: STRING
// returns: at most one row {position, created_at}; the position is null where it is older than the change feed
MATCH (n:Notification {id: $id})
WHERE n.to = $of
RETURN n.added_position AS position, n.created_at AS created_at
