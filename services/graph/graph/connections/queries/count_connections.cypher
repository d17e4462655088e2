// Counts a person's connections.
// params:  $me :: STRING
// returns: one row {total}
MATCH (:Professional {id: $me})-[:CONNECTED_TO]-(p:Professional)
WHERE p.version > 0 AND NOT p.suspended
RETURN count(p) AS total
