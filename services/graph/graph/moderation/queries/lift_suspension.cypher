// Ends the suspension of a person's membership of a group; repeating is harmless.
// params:  $group, $person :: STRING
// returns: nothing
// feed:    person $person
MATCH (p:Professional {id: $person})-[s:SUSPENDED_IN]->(:Group {id: $group})
SET p.changed_at = timestamp()
DELETE s
