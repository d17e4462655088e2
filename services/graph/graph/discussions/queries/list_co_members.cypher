// Lists the members of a group, where there are not more than a number.
// params:  $group :: STRING, $most :: INTEGER
// returns: rows {id}
MATCH (g:Group {id: $group})
WHERE COUNT { (g)<-[:MEMBER_OF]-() } <= $most
MATCH (p:Professional)-[:MEMBER_OF]->(g)
RETURN p.id AS id
