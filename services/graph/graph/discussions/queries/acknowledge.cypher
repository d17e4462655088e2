// Notes that a person has read an alert; repeating changes nothing.
// params:  $discussion, $me, $now :: STRING
// returns: nothing
// feed:    nothing: acknowledgements are read from Neo4j
MATCH (d:Discussion {id: $discussion})
MERGE (me:Professional {id: $me})
MERGE (me)-[a:ACKNOWLEDGED]->(d)
ON CREATE SET a.at = $now
