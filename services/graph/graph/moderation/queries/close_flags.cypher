// Closes all open flags on a thing with one decision, but the one that was decided and those in which an appeal waits.
// params:  $subject, $except_id, $decision, $status :: STRING
// returns: rows {reporter}
// feed:    nothing: flags are read from Neo4j
MATCH (f:Flag {subject: $subject})
WHERE f.status IN ['OPEN', 'TAKEN'] AND f.id <> $except_id AND f.appeal_statement IS NULL
SET f.status = $status, f.decision = $decision, f.taken_by = null, f.lease_until = null
RETURN f.reporter AS reporter
