// Reads a person's snapshot.
// params:  $person :: STRING
// returns: at most one row {snapshot}
MATCH (p:Professional {id: $person})
RETURN p.snapshot AS snapshot
