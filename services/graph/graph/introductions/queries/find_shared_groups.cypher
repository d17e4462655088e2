// Finds for several people a group that each shares with the viewer, the first by name.
// params:  $ids :: LIST OF STRING, $me :: STRING
// returns: rows {id, name}
UNWIND $ids AS id
MATCH (p:Professional {id: id})-[:MEMBER_OF]->(g:Group)<-[:MEMBER_OF]-(:Professional {id: $me})
WITH id, g ORDER BY g.sort_name, g.id
RETURN id, head(collect(g.name)) AS name
