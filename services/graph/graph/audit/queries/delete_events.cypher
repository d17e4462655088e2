// Deletes acts that the audit trail has taken.
// params:  $ids :: LIST OF STRING
// returns: nothing
UNWIND $ids AS id
MATCH (a:AuditEvent {id: id})
DELETE a
