// Ends a block.
// params:  $me, $other :: STRING
// returns: nothing
// feed:    person $me
MATCH (me:Professional {id: $me})-[b:BLOCKS]->(:Professional {id: $other})
SET me.changed_at = timestamp()
DELETE b
