// Counts what search_groups lists.
// params:  as search_groups
// returns: one row {total}
MATCH (g:Group)
WHERE g.sort_name >= ''
  AND (g.visibility = 'LISTED' OR EXISTS { (:Professional {id: $viewer})-[:MEMBER_OF]->(g) })
  AND all(word IN $words WHERE g.search_text STARTS WITH word OR g.search_text CONTAINS (' ' + word))
  AND ($specialties = [] OR any(code IN g.specialties WHERE code IN $specialties))
  AND ($regions = [] OR any(code IN g.regions WHERE code IN $regions))
  AND ($languages = [] OR any(tag IN g.languages WHERE tag IN $languages))
RETURN count(g) AS total
