// Blocks a person, and ends connection and requests between the two; repeating is harmless.
// params:  $me, $other, $now :: STRING
// returns: nothing
// feed:    person $me, $other
MATCH (me:Professional {id: $me}), (other:Professional {id: $other})
MERGE (me)-[b:BLOCKS]->(other)
ON CREATE SET b.at = $now
SET me.changed_at = timestamp(), other.changed_at = timestamp()
WITH me, other
OPTIONAL MATCH (me)-[between:CONNECTED_TO|ASKED]-(other)
DELETE between
