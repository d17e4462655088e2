// Locks people, always in the order of their ids, so that nothing links to them until they are erased.
// params:  $ids :: LIST OF STRING
// returns: nothing
// feed:    nothing: it takes locks
MATCH (p:Professional) WHERE p.id IN $ids
WITH p ORDER BY p.id
SET p.pair_lock = ''
