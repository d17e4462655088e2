// Ends a block.
// params:  $me, $other :: STRING
// returns: nothing
MATCH (me:Professional {id: $me})-[b:BLOCKS]->(:Professional {id: $other})
SET me.changed_at = timestamp(), me.change = rand()
DELETE b
