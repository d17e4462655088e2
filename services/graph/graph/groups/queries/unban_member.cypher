// Lifts a ban; repeating is harmless.
// params:  $group, $person :: STRING
// returns: nothing
// feed:    person $person
MATCH (p:Professional {id: $person})-[b:BANNED_FROM]->(:Group {id: $group})
SET p.changed_at = timestamp()
DELETE b
