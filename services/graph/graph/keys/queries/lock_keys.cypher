// Locks keys: whoever is storing something encrypted with one has ended then, and whoever wants to must wait.
// params:  $ids :: LIST OF INTEGER
// returns: nothing
// feed:    nothing: keys are read from Neo4j
UNWIND $ids AS id
MERGE (key:FieldKey {id: id})
SET key.locked = true
