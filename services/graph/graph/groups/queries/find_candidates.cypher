// Finds people who would close a gap, outside the group, by how many members could introduce them.
// params:  $group, $viewer :: STRING, $places, $languages, $specialties :: LIST OF STRING (empty: any), $members, $each,
//          $first :: INTEGER (how many members and connections of each are looked at, how many people are wanted)
// returns: rows {id, ways}
MATCH (g:Group {id: $group})<-[:MEMBER_OF]-(m:Professional)
WITH g, m LIMIT $members
CALL (m) { MATCH (m)-[:CONNECTED_TO]-(c:Professional) RETURN c LIMIT $each }
WITH g, c, count(m) AS ways
WHERE c.version > 0 AND NOT c.suspended AND c.claimed AND c.id <> $viewer
  AND ($places = [] OR any(code IN c.places WHERE code IN $places))
  AND ($languages = [] OR any(tag IN c.language_keys + c.languages WHERE tag IN $languages))
  AND ($specialties = [] OR EXISTS { (c)-[:PRACTISES]->(s:Specialty) WHERE s.code IN $specialties })
  AND NOT EXISTS { (c)-[:MEMBER_OF|BANNED_FROM]->(g) }
  AND NOT EXISTS { (c)-[:BLOCKS]-(:Professional {id: $viewer}) }
RETURN c.id AS id, ways
ORDER BY ways DESC, c.sort_name, c.id LIMIT $first
