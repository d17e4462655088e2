// Lists a person's notifications behind a place, oldest first.
// params:  $me, $since, $last :: STRING, $first :: INTEGER
// returns: rows {notification}
MATCH (n:Notification)
USING INDEX n:Notification(to, created_at, id)
WHERE n.to = $me AND n.created_at >= $since AND n.id >= '' AND NOT (n.created_at = $since AND n.id <= $last)
RETURN n {.id, .event, .actor, .subject_kind, .subject, .group, .created_at, .read_at} AS notification
ORDER BY n.to, n.created_at, n.id LIMIT $first
