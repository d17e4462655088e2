// Adds reactions to discussions and posts; repeating is harmless.
// params:  $rows :: LIST OF {subject, person, reaction, at}, $run :: STRING
// returns: one row {stored, found}
// feed:    nothing: reactions are read from Neo4j
UNWIND $rows AS row
OPTIONAL MATCH (d:Discussion {id: row.subject})
OPTIONAL MATCH (p:Post {id: row.subject})
WITH row, coalesce(d, p) AS c
MATCH (who:Professional {id: row.person})
MERGE (who)-[r:REACTED {kind: row.reaction}]->(c)
ON CREATE SET r.at = row.at, r.import = $run
SET c.helpful = COUNT { (c)<-[:REACTED {kind: 'HELPFUL'}]-() }
RETURN count(r) AS found, sum(CASE WHEN r.import = $run THEN 1 ELSE 0 END) AS stored
