// Reads the snapshots of people.
// params:  $ids :: LIST OF STRING
// returns: rows {id, snapshot}
UNWIND $ids AS id
MATCH (p:Professional {id: id})
WHERE p.snapshot IS NOT NULL
RETURN id, p.snapshot AS snapshot
