// Lists groups that are listed, or that the viewer belongs to, by name.
// params:  $viewer, $name, $last :: STRING, $words, $specialties, $regions, $languages :: LIST OF STRING (empty: any),
//          $first, $minimum_countries :: INTEGER (0: any), $open :: BOOLEAN (only those that the viewer could join)
// returns: rows {id, sort_name, group}; `group` has the credential policy
MATCH (g:Group)
WHERE g.sort_name >= $name AND (g.sort_name > $name OR g.id > $last)
  AND (g.visibility = 'LISTED' OR EXISTS { (:Professional {id: $viewer})-[:MEMBER_OF]->(g) })
  AND all(word IN $words WHERE g.search_text STARTS WITH word OR g.search_text CONTAINS (' ' + word))
  AND ($specialties = [] OR any(code IN g.specialties WHERE code IN $specialties))
  AND ($regions = [] OR any(code IN g.regions WHERE code IN $regions))
  AND ($languages = [] OR any(tag IN g.languages WHERE tag IN $languages))
  AND ($minimum_countries = 0 OR size(COLLECT { MATCH (g)<-[:MEMBER_OF]-(m:Professional) WHERE NOT m.suspended
    UNWIND m.places AS place WITH DISTINCT place WHERE size(place) = 2 RETURN place }) >= $minimum_countries)
  AND (NOT $open OR (g.join_policy = 'OPEN' AND COUNT { (g)<-[:MEMBER_OF]-() } < g.member_limit
    AND NOT EXISTS { (:Professional {id: $viewer})-[:MEMBER_OF|BANNED_FROM]->(g) }))
RETURN g.id AS id, g.sort_name AS sort_name, g {.policy_level, .policy_licensed_in, .policy_specialties,
  .policy_checked_days} AS group
ORDER BY g.sort_name, g.id LIMIT $first
