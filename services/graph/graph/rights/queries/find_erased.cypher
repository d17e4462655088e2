// Finds whether somebody was erased.
// params:  $me :: STRING
// returns: at most one row {id}
MATCH (gone:ErasedProfessional {id: $me})
WHERE gone.ghost_epoch IS NULL
RETURN gone.id AS id
