// Tells which of these handles are taken.
// params:  $handles :: LIST OF STRING
// returns: rows {handle}
UNWIND $handles AS handle
MATCH (:Group {handle: handle})
RETURN handle
