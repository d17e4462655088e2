// Finds a shortest path of connections between two people, at most four long, through people who show their connections.
// params:  $me, $to :: STRING
// returns: at most one row {people :: LIST OF {id, opted_in, places}}, from the first step to the person themselves
MATCH (me:Professional {id: $me}), (to:Professional {id: $to})
WHERE to.version > 0 AND NOT to.suspended AND to.claimed AND to.id <> me.id
MATCH path = shortestPath((me)-[:CONNECTED_TO*..4]-(to))
WHERE all(p IN nodes(path)[1..] WHERE p.version > 0 AND NOT p.suspended
  AND NOT EXISTS { (p)-[:BLOCKS]-(:Professional {id: $me}) }
  AND (coalesce(p.connections_audience, 'MEMBERS') = 'MEMBERS'
    OR (p.connections_audience <> 'NOBODY' AND EXISTS { (p)-[:CONNECTED_TO]-(:Professional {id: $me}) })))
RETURN [p IN nodes(path)[1..] | {id: p.id, opted_in: coalesce(p.path_opt_in, false), places: coalesce(p.places, [])}] AS people
