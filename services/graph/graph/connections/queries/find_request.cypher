// Finds the two sides of a request that has not expired.
// params:  $id, $now :: STRING
// returns: at most one row {sender, receiver}
MATCH (sender:Professional)-[asked:ASKED {id: $id}]->(receiver:Professional)
WHERE asked.expires_at > $now
RETURN sender.id AS sender, receiver.id AS receiver
