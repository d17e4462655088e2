// Remembers the last checkpoint of the audit trail, in the place of the one that the caller has in its file.
// params:  $number :: INTEGER, $digest :: STRING, $expected_number :: INTEGER or null, $expected_digest :: STRING or null
// returns: one row {taken}, or none where another one is remembered
// feed:    nothing: the audit trail is not cached
MERGE (c:AuditCheckpoint {id: 'last'})
SET c.asked = $number  // takes the lock before comparing
WITH c
WHERE (c.number IS NULL AND $expected_number IS NULL) OR (c.number = $expected_number AND c.digest = $expected_digest)
SET c.number = $number, c.digest = $digest
RETURN true AS taken
