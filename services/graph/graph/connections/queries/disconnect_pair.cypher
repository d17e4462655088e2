// Removes a connection.
// params:  $me, $other :: STRING
// returns: nothing
MATCH (:Professional {id: $me})-[c:CONNECTED_TO]-(:Professional {id: $other})
DELETE c
