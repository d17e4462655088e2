// Lists acts that the audit trail has not taken yet, oldest first.
// params:  $most :: INTEGER, $except_ids :: LIST OF STRING
// returns: rows {event}
MATCH (a:AuditEvent)
WHERE a.at > '' AND NOT a.id IN $except_ids
RETURN a {.id, .at, .action, .actor, .object, .reason} AS event
ORDER BY a.at LIMIT $most
