// Locks a person who asks for an introduction, and finds who could introduce them.
// params:  $me, $to, $now, $since :: STRING
// returns: one row {there, connected, blocked_by_me, brokers :: LIST OF STRING, waiting, open}; `waiting`: their introduction to the
//          same person that waits since then, `open`: how many of theirs wait
// feed:    nothing: it takes locks
MERGE (me:Professional {id: $me})
SET me.pair_lock = $now  // takes the write lock, so that the counts below cannot go stale
WITH me
OPTIONAL MATCH (to:Professional {id: $to})
WHERE to.version > 0 AND NOT to.suspended AND to.claimed AND NOT EXISTS { (to)-[:BLOCKS]->(me) }
RETURN to IS NOT NULL AS there, EXISTS { (me)-[:CONNECTED_TO]-(to) } AS connected, EXISTS { (me)-[:BLOCKS]->(to) } AS blocked_by_me,
  COLLECT { MATCH (me)-[:CONNECTED_TO]-(b:Professional)-[:CONNECTED_TO]-(to) WHERE b.version > 0 AND NOT b.suspended
    AND NOT EXISTS { (b)-[:BLOCKS]-(me) } AND NOT EXISTS { (b)-[:BLOCKS]-(to) } RETURN b.id ORDER BY b.sort_name, b.id LIMIT 500 } AS brokers,
  head(COLLECT { MATCH (i:Introduction) WHERE i.from = $me AND i.created_at > $since AND i.id > '' AND i.to = $to AND i.state <> 'FORWARDED'
    RETURN i.id }) AS waiting,
  COUNT { MATCH (i:Introduction) WHERE i.from = $me AND i.created_at > $since AND i.id > '' AND i.state <> 'FORWARDED' } AS open
