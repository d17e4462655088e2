// Lists people whom an alert concerns, by place and specialty, who joined last first.
// params:  $places, $codes :: LIST OF STRING (no codes: any specialty), $group :: STRING or null, $most :: INTEGER
// returns: rows {id}
MATCH (r:Region)<-[:WORKS_IN]-(p:Professional)
WHERE r.code IN $places
WITH DISTINCT p
WHERE p.version > 0 AND NOT p.suspended AND p.claimed
  AND ($codes = [] OR EXISTS { (p)-[:PRACTISES]->(s:Specialty) WHERE s.code IN $codes })
  AND ($group IS NULL OR EXISTS { (p)-[:MEMBER_OF]->(:Group {id: $group}) })
RETURN p.id AS id
ORDER BY p.joined_at DESC LIMIT $most
