// Connects pairs of people; repeating is harmless.
// params:  $rows :: LIST OF {low, high, since}, $run :: STRING
// returns: one row {stored, found}
// feed:    person $rows[].low, $rows[].high
UNWIND $rows AS row
MATCH (low:Professional {id: row.low}), (high:Professional {id: row.high})
MERGE (low)-[c:CONNECTED_TO]->(high)
ON CREATE SET c.since = row.since, c.import = $run
RETURN count(c) AS found, sum(CASE WHEN c.import = $run THEN 1 ELSE 0 END) AS stored
