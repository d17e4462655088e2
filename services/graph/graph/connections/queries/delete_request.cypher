// Deletes a request.
// params:  $from, $to :: STRING
// returns: nothing
// feed:    nothing: requests are read from Neo4j
MATCH (:Professional {id: $from})-[asked:ASKED]->(:Professional {id: $to})
DELETE asked
