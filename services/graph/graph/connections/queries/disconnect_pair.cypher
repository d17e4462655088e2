// Removes a connection.
// params:  $me, $other :: STRING
// returns: nothing
// feed:    person $me, $other
MATCH (me:Professional {id: $me})-[c:CONNECTED_TO]-(other:Professional {id: $other})
SET me.changed_at = timestamp(), other.changed_at = timestamp()
DELETE c
