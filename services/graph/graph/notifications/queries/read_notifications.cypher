// Reads a person's notifications by id.
// params:  $ids :: LIST OF STRING, $me :: STRING
// returns: rows {notification}
UNWIND $ids AS id
MATCH (n:Notification {id: id})
WHERE n.to = $me
RETURN n {.id, .event, .outcome, .actor, .subject_kind, .subject, .group, .created_at, .read_at} AS notification
