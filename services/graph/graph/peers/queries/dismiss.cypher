// Dismisses a suggestion for good; repeating is harmless.
// params:  $viewer, $other, $now :: STRING
// returns: one row {id} where the other person exists
// feed:    nothing: dismissals are read from Neo4j
MATCH (other:Professional {id: $other})
MERGE (v:Professional {id: $viewer})
MERGE (v)-[d:DISMISSED]->(other)
ON CREATE SET d.at = $now
RETURN other.id AS id
