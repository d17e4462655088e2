// Lists the groups to which a person is invited, newest first.
// params:  $me, $before, $last :: STRING, $first :: INTEGER
// returns: rows {id, created_at}
MATCH (:Professional {id: $me})-[i:INVITED_TO]->(g:Group)
WHERE i.created_at < $before OR (i.created_at = $before AND g.id > $last)
RETURN g.id AS id, i.created_at AS created_at
ORDER BY i.created_at DESC, g.id LIMIT $first
