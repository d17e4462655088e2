// Tells whether a person asks to join.
// params:  $group, $person :: STRING
// returns: one row {waits :: BOOLEAN}
RETURN EXISTS { (:Professional {id: $person})-[:ASKED_TO_JOIN]->(:Group {id: $group}) } AS waits
