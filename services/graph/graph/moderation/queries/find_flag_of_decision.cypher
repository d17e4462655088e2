// Finds the flag that a decision decided.
// params:  $decision :: STRING
// returns: at most one row {id}
MATCH (d:Decision {id: $decision})
MATCH (f:Flag {id: d.flag})
RETURN f.id AS id
