// Ends the suspension of a person's membership of a group; repeating is harmless.
// params:  $group, $person :: STRING
// returns: nothing
MATCH (:Professional {id: $person})-[s:SUSPENDED_IN]->(:Group {id: $group})
DELETE s
