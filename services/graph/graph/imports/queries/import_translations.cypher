// Adds translations of discussions and posts; one that exists stays as it is.
// params:  $rows :: LIST OF {subject, translation :: MAP of properties}, $run :: STRING
// returns: one row {stored, found}
// feed:    nothing: translations are read from Neo4j
UNWIND $rows AS row
OPTIONAL MATCH (d:Discussion {id: row.subject})
OPTIONAL MATCH (p:Post {id: row.subject})
WITH row, coalesce(d, p) AS c
MERGE (t:Translation {id: row.translation.id})
ON CREATE SET t = row.translation, t.import = $run
MERGE (t)-[:OF]->(c)
RETURN count(t) AS found, sum(CASE WHEN t.import = $run THEN 1 ELSE 0 END) AS stored
