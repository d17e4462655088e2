// Forgets a process that ends.
// params:  $process :: STRING
// returns: nothing
// feed:    nothing: keys are read from Neo4j
MATCH (holder:KeyHolder {id: $process})
DELETE holder
