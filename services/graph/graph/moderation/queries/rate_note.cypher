// Gives or changes a person's rating of a context note, under its lock.
// params:  $id, $me, $country, $now :: STRING, $helpful :: BOOLEAN
// returns: rows {country, helpful, total}, all ratings by country
// feed:    nothing: notes are read from Neo4j
MATCH (n:ContextNote {id: $id})
MERGE (me:Professional {id: $me})
MERGE (me)-[r:RATED]->(n)
SET r.helpful = $helpful, r.country = $country, r.at = $now
WITH n
MATCH (n)<-[r:RATED]-()
RETURN r.country AS country, r.helpful AS helpful, count(*) AS total
