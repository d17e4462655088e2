// Lists groups that are listed, or that the viewer belongs to, those with the most members or the newest first.
// params:  $viewer, $before, $last :: STRING, $order :: STRING (MEMBERS or NEWEST), $words, $specialties, $regions, $languages :: LIST OF STRING (empty: any),
//          $first, $minimum_countries :: INTEGER (0: any), $open :: BOOLEAN (only those that the viewer could join)
// returns: rows {id, sort_key, group}; `group` has the credential policy
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
WITH g, CASE $order WHEN 'MEMBERS' THEN right('000000' + toString(COUNT { (g)<-[:MEMBER_OF]-() }), 7) ELSE g.created_at END AS sort_key
WHERE sort_key < $before OR (sort_key = $before AND g.id > $last)
RETURN g.id AS id, sort_key, g {.policy_level, .policy_licensed_in, .policy_specialties,
  .policy_checked_days} AS group
ORDER BY sort_key DESC, g.id LIMIT $first
