// Lifts a ban; repeating is harmless.
// params:  $group, $person :: STRING
// returns: nothing
MATCH (:Professional {id: $person})-[b:BANNED_FROM]->(:Group {id: $group})
DELETE b
