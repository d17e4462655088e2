// Deletes a request.
// params:  $from, $to :: STRING
// returns: nothing
MATCH (:Professional {id: $from})-[asked:ASKED]->(:Professional {id: $to})
DELETE asked
