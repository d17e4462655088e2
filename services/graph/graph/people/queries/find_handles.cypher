// Finds people by handle.
// params:  $handles :: LIST OF STRING
// returns: rows {id, handle}
UNWIND $handles AS handle
MATCH (p:Professional {handle: handle})
RETURN p.id AS id, handle
