// Reads introductions by id.
// params:  $ids :: LIST OF STRING
// returns: rows {introduction}
UNWIND $ids AS id
MATCH (i:Introduction {id: id})
RETURN i {.*} AS introduction
