// Lists what a discussion or post said before, newest first.
// params:  $id :: STRING
// returns: rows {revision}
OPTIONAL MATCH (d:Discussion {id: $id})
OPTIONAL MATCH (p:Post {id: $id})
WITH coalesce(d, p) AS c
MATCH (r:Revision)-[:OF]->(c)
RETURN r {.id, .at, .version, .title, .body} AS revision
ORDER BY r.version DESC LIMIT 20
