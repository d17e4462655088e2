// Lists the people whom somebody blocks, by name.
// params:  $me, $name, $last :: STRING, $first :: INTEGER
// returns: rows {id, sort_name}
MATCH (:Professional {id: $me})-[:BLOCKS]->(p:Professional)
WHERE p.version > 0 AND NOT p.suspended
  AND (p.sort_name > $name OR (p.sort_name = $name AND p.id > $last))
RETURN p.id AS id, p.sort_name AS sort_name
ORDER BY p.sort_name, p.id LIMIT $first
