// Lists the connections that the viewer shares with each of several people, by name, as far as they show them.
// params:  $ids :: LIST OF STRING, $viewer, $name, $last, $today :: STRING (where the page before ended), $first :: INTEGER
// returns: rows {id, total, rows :: LIST OF {id, sort_name}}, one more than $first where there are more
UNWIND $ids AS id
CALL (id) {
  MATCH (p:Professional {id: id})
  WHERE p.id = $viewer OR coalesce(p.connections_audience, 'MEMBERS') = 'MEMBERS'
    OR (p.connections_audience <> 'NOBODY' AND EXISTS { (p)-[:CONNECTED_TO]-(:Professional {id: $viewer}) })
    OR (p.connections_audience = 'GROUPS' AND EXISTS { (p)-[:MEMBER_OF]->(:Group)<-[:MEMBER_OF]-(:Professional {id: $viewer}) })
    OR (p.connections_audience = 'VERIFIED' AND EXISTS { MATCH (v:Professional {id: $viewer})
      WHERE v.identity_until >= $today AND v.practise_until >= $today })
  MATCH (p)-[:CONNECTED_TO]-(m:Professional)-[:CONNECTED_TO]-(:Professional {id: $viewer})
  WHERE NOT m.suspended AND m.id <> $viewer AND NOT EXISTS { (m)-[:BLOCKS]-(:Professional {id: $viewer}) }
  WITH DISTINCT m ORDER BY m.sort_name, m.id
  RETURN collect({id: m.id, sort_name: m.sort_name}) AS found
}
WITH id, found, [row IN found WHERE row.sort_name > $name OR (row.sort_name = $name AND row.id > $last)] AS rest
RETURN id, size(found) AS total, rest[0..$first] AS rows
