// Lists groups that are listed, or that the viewer belongs to, by name.
// params:  $viewer, $name, $last :: STRING, $words, $specialties, $regions, $languages :: LIST OF STRING (empty: any),
//          $first :: INTEGER
// returns: rows {id, sort_name}
MATCH (g:Group)
WHERE g.sort_name >= $name AND (g.sort_name > $name OR g.id > $last)
  AND (g.visibility = 'LISTED' OR EXISTS { (:Professional {id: $viewer})-[:MEMBER_OF]->(g) })
  AND all(word IN $words WHERE g.search_text STARTS WITH word OR g.search_text CONTAINS (' ' + word))
  AND ($specialties = [] OR any(code IN g.specialties WHERE code IN $specialties))
  AND ($regions = [] OR any(code IN g.regions WHERE code IN $regions))
  AND ($languages = [] OR any(tag IN g.languages WHERE tag IN $languages))
RETURN g.id AS id, g.sort_name AS sort_name
ORDER BY g.sort_name, g.id LIMIT $first
