// Adds an act that the audit trail must hear of, in the act's own transaction.
// params:  $id, $at, $action, $actor, $object :: STRING, $reason :: STRING or null
// returns: nothing
// feed:    nothing: the audit trail is not cached
CREATE (:AuditEvent {id: $id, at: $at, action: $action, actor: $actor, object: $object, reason: $reason})
