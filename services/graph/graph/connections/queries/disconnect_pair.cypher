// Removes a connection.
// params:  $me, $other :: STRING
// returns: nothing
MATCH (me:Professional {id: $me})-[c:CONNECTED_TO]-(other:Professional {id: $other})
SET me.changed_at = timestamp(), me.change = rand(), other.changed_at = timestamp(), other.change = rand()
DELETE c
