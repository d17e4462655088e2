// Ends the suspension of a person's membership of a group; repeating is harmless.
// params:  $group, $person :: STRING
// returns: nothing
MATCH (p:Professional {id: $person})-[s:SUSPENDED_IN]->(:Group {id: $group})
SET p.changed_at = timestamp(), p.change = rand()
DELETE s
