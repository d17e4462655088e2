// Finds people by handle, also by one that they had before, who can be mentioned in a group: with `group`, only its members.
// params:  $handles :: LIST OF STRING, $me :: STRING, $group :: STRING or null
// returns: rows {id}
UNWIND $handles AS handle
OPTIONAL MATCH (present:Professional {handle: handle})
OPTIONAL MATCH (:FormerHandle {handle: handle})-[:LEADS_TO]->(former:Professional)
WITH DISTINCT coalesce(present, former) AS p
WHERE p.version > 0 AND NOT p.suspended AND p.claimed AND NOT EXISTS { (p)-[:BLOCKS]-(:Professional {id: $me}) }
  AND ($group IS NULL OR EXISTS { (p)-[:MEMBER_OF]->(:Group {id: $group}) })
RETURN p.id AS id
