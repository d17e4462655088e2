// Finds groups by handle.
// params:  $handles :: LIST OF STRING
// returns: rows {id}
UNWIND $handles AS handle
MATCH (g:Group {handle: handle})
RETURN g.id AS id
