// Sets an introduction's state, and what the broker says, under its lock.
// params:  $id, $state, $now :: STRING, $note :: STRING or null
// returns: nothing
MATCH (i:Introduction {id: $id})
SET i.state = $state, i.note = $note, i.answered_at = $now
