// Lists a person's notifications, newest first.
// params:  $me, $before, $last :: STRING, $first :: INTEGER
// returns: rows {notification}
MATCH (n:Notification)
USING INDEX n:Notification(to, created_at, id)
WHERE n.to = $me AND n.created_at <= $before AND n.id >= '' AND NOT (n.created_at = $before AND n.id <= $last)
RETURN n {.id, .event, .outcome, .actor, .subject_kind, .subject, .group, .created_at, .read_at} AS notification
ORDER BY n.to DESC, n.created_at DESC, n.id LIMIT $first
