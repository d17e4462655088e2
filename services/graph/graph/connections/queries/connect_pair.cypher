// Connects two people and removes what was asked between them; repeating is harmless.
// params:  $low, $high :: STRING (the ids in order), $since :: STRING
// returns: nothing
// feed:    person $low, $high
MATCH (low:Professional {id: $low}), (high:Professional {id: $high})
OPTIONAL MATCH (low)-[asked:ASKED]-(high)
DELETE asked
WITH DISTINCT low, high
MERGE (low)-[c:CONNECTED_TO]->(high)
ON CREATE SET c.since = $since
SET low.changed_at = timestamp(), high.changed_at = timestamp()
