// Lists the groups that several people show, by name; unlisted and secret ones only where the viewer is a member too.
// params:  $ids :: LIST OF STRING, $viewer, $name, $last, $today :: STRING, $first :: INTEGER
// returns: rows {id, total, rows :: LIST OF {id, sort_name}}, one more than $first where there are more
UNWIND $ids AS id
CALL (id) {
  MATCH (p:Professional {id: id})
  WHERE p.id = $viewer OR coalesce(p.groups_audience, 'MEMBERS') = 'MEMBERS'
    OR (p.groups_audience <> 'NOBODY' AND EXISTS { (p)-[:CONNECTED_TO]-(:Professional {id: $viewer}) })
    OR (p.groups_audience = 'GROUPS' AND EXISTS { (p)-[:MEMBER_OF]->(:Group)<-[:MEMBER_OF]-(:Professional {id: $viewer}) })
    OR (p.groups_audience = 'VERIFIED' AND EXISTS { MATCH (v:Professional {id: $viewer})
      WHERE v.identity_until >= $today AND v.practise_until >= $today })
  MATCH (p)-[:MEMBER_OF]->(g:Group)
  WHERE g.visibility = 'LISTED' OR EXISTS { (:Professional {id: $viewer})-[:MEMBER_OF]->(g) }
  WITH g ORDER BY g.sort_name, g.id
  RETURN collect({id: g.id, sort_name: g.sort_name}) AS found
}
WITH id, found, [row IN found WHERE row.sort_name > $name OR (row.sort_name = $name AND row.id > $last)] AS rest
RETURN id, size(found) AS total, rest[0..$first] AS rows
