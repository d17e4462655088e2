// Reads flags by id with their last decisions.
// params:  $ids :: LIST OF STRING
// returns: rows {flag, decision}
UNWIND $ids AS id
MATCH (f:Flag {id: id})
OPTIONAL MATCH (d:Decision {id: f.decision})
RETURN f {.*} AS flag, d {.*} AS decision
