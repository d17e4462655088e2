// Reads the last checkpoint of the audit trail that this service was told of.
// params:  none
// returns: one row {number, digest}, or none
MATCH (c:AuditCheckpoint {id: 'last'})
WHERE c.number IS NOT NULL
RETURN c.number AS number, c.digest AS digest
