// Ends a block.
// params:  $me, $other :: STRING
// returns: nothing
MATCH (:Professional {id: $me})-[b:BLOCKS]->(:Professional {id: $other})
DELETE b
