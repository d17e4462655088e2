// Locks two people, always in the order of their ids, and reads how they stand to each other.
// params:  $me, $other, $now :: STRING
// returns: one row {other_exists, connected, outgoing, incoming, open_requests, blocked_by_me, blocked_by_them}
// feed:    nothing: it takes locks
MERGE (me:Professional {id: $me})
WITH me
OPTIONAL MATCH (p:Professional) WHERE p.id IN [$me, $other]
WITH me, p ORDER BY p.id
SET p.pair_lock = $now  // takes the write locks, so that two crossing requests see each other
WITH me, collect(p) AS pair
OPTIONAL MATCH (other:Professional {id: $other}) WHERE other.version > 0 AND NOT other.suspended AND other.claimed
RETURN other IS NOT NULL AS other_exists,
  EXISTS { (me)-[:CONNECTED_TO]-(other) } AS connected,
  head([(me)-[r:ASKED]->(other) WHERE r.expires_at > $now | r {.id, .message, .created_at, .expires_at}]) AS outgoing,
  head([(other)-[r:ASKED]->(me) WHERE r.expires_at > $now | r {.id, .message, .created_at, .expires_at}]) AS incoming,
  COUNT { (me)-[r:ASKED]->() WHERE r.expires_at > $now } AS open_requests,
  EXISTS { (me)-[:BLOCKS]->(:Professional {id: $other}) } AS blocked_by_me,
  EXISTS { (me)<-[:BLOCKS]-(:Professional {id: $other}) } AS blocked_by_them,
  me.identity_until AS identity_until, me.practise_until AS practise_until
