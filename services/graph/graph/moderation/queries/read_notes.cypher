// Reads context notes by id.
// params:  $ids :: LIST OF STRING
// returns: rows {note}
UNWIND $ids AS id
MATCH (n:ContextNote {id: id})
RETURN n {.*} AS note
