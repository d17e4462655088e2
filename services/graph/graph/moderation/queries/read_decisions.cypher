// Reads decisions by id.
// params:  $ids :: LIST OF STRING
// returns: rows {decision}
UNWIND $ids AS id
MATCH (d:Decision {id: id})
RETURN d {.*} AS decision
