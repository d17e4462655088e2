// Reads requests by id, of those that a person sent or received and that have not expired.
// params:  $ids :: LIST OF STRING, $me, $now :: STRING
// returns: rows {request}
UNWIND $ids AS id
MATCH (sender:Professional)-[asked:ASKED {id: id}]->(receiver:Professional)
WHERE asked.expires_at > $now AND $me IN [sender.id, receiver.id]
RETURN asked {.id, .message, .created_at, .expires_at, sender: sender.id, receiver: receiver.id} AS request
