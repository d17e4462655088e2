// Deletes acts that the audit trail has taken.
// params:  $ids :: LIST OF STRING
// returns: nothing
// feed:    nothing: the audit trail is not cached
UNWIND $ids AS id
MATCH (a:AuditEvent {id: id})
DELETE a
