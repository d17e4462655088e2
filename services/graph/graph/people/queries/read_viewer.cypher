// Reads what decides the viewer's own level; no row before the relay has brought them.
// params:  $viewer :: STRING
// returns: at most one row {identity_until, practise_until}
MATCH (v:Professional {id: $viewer})
WHERE v.version > 0
RETURN v.identity_until AS identity_until, v.practise_until AS practise_until
