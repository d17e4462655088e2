// Adds votes in polls, by the place of the option; repeating is harmless.
// params:  $rows :: LIST OF {discussion, person, option :: INTEGER, at}, $run :: STRING
// returns: one row {stored, found}
// feed:    nothing: votes are read from Neo4j
UNWIND $rows AS row
MATCH (d:Discussion {id: row.discussion}), (who:Professional {id: row.person})
WHERE d.option_ids IS NOT NULL AND row.option < size(d.option_ids)
MERGE (who)-[v:VOTED]->(d)
ON CREATE SET v.option = d.option_ids[row.option], v.at = row.at, v.import = $run
RETURN count(v) AS found, sum(CASE WHEN v.import = $run THEN 1 ELSE 0 END) AS stored
