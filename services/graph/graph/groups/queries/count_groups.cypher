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
  AND ($minimum_countries = 0 OR size(COLLECT { MATCH (g)<-[:MEMBER_OF]-(m:Professional) WHERE NOT m.suspended
    UNWIND m.places AS place WITH DISTINCT place WHERE size(place) = 2 RETURN place }) >= $minimum_countries)
  AND (NOT $open OR (g.join_policy = 'OPEN' AND COUNT { (g)<-[:MEMBER_OF]-() } < g.member_limit
    AND NOT EXISTS { (:Professional {id: $viewer})-[:MEMBER_OF|BANNED_FROM]->(g) }))
RETURN count(g) AS total
