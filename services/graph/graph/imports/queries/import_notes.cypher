// Adds context notes with their ratings; one that exists stays as it is.
// params:  $rows :: LIST OF {note :: MAP of properties, ratings :: LIST OF {person, country, helpful}}, $run :: STRING
// returns: one row {stored, found}
// feed:    nothing: notes are read from Neo4j
UNWIND $rows AS row
MERGE (n:ContextNote {id: row.note.id})
ON CREATE SET n = row.note, n.import = $run
WITH n, row
CALL (n, row) {
  UNWIND row.ratings AS rating
  MATCH (who:Professional {id: rating.person})
  MERGE (who)-[r:RATED]->(n)
  ON CREATE SET r.country = rating.country, r.helpful = rating.helpful
}
RETURN count(n) AS found, sum(CASE WHEN n.import = $run THEN 1 ELSE 0 END) AS stored
