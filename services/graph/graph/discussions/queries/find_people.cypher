// Finds which of these people are there.
// params:  $ids :: LIST OF STRING
// returns: rows {id}
UNWIND $ids AS id
MATCH (p:Professional {id: id})
WHERE p.version > 0 AND NOT p.suspended
RETURN p.id AS id
