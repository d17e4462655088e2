// Creates a connection request, in place of any that has expired.
// params:  $me, $other, $id, $message, $now, $expires_at :: STRING
// returns: nothing
// feed:    nothing: requests are read from Neo4j
MATCH (me:Professional {id: $me}), (other:Professional {id: $other})
OPTIONAL MATCH (me)-[old:ASKED]->(other)
DELETE old
CREATE (me)-[:ASKED {id: $id, message: $message, created_at: $now, expires_at: $expires_at}]->(other)
