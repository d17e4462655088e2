// Blocks a person, and ends connection and requests between the two; repeating is harmless.
// params:  $me, $other, $now :: STRING
// returns: nothing
MATCH (me:Professional {id: $me}), (other:Professional {id: $other})
MERGE (me)-[b:BLOCKS]->(other)
ON CREATE SET b.at = $now
SET me.changed_at = timestamp(), me.change = rand(), other.changed_at = timestamp(), other.change = rand()
WITH me, other
OPTIONAL MATCH (me)-[between:CONNECTED_TO|ASKED]-(other)
DELETE between
