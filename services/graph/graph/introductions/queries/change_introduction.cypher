// Sets an introduction's state, and what the broker says, under its lock.
// params:  $id, $state, $now :: STRING, $note :: STRING or null
// returns: nothing
// feed:    nothing: introductions are read from Neo4j
MATCH (i:Introduction {id: $id})
SET i.state = $state, i.note = $note, i.answered_at = $now
