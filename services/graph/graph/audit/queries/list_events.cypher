// Lists acts that the audit trail has not taken yet, oldest first.
// params:  $most :: INTEGER
// returns: rows {event}
MATCH (a:AuditEvent)
WHERE a.at > ''
RETURN a {.id, .at, .action, .actor, .object, .reason} AS event
ORDER BY a.at LIMIT $most
