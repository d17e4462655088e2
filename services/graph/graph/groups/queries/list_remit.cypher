// Lists what the members of a group cover: countries where they practise, languages, specialties.
// params:  $group :: STRING
// returns: one row {places, languages, specialties}
MATCH (g:Group {id: $group})
OPTIONAL MATCH (g)<-[:MEMBER_OF]-(p:Professional)
WHERE p.version > 0 AND NOT p.suspended
WITH collect(p) AS members
RETURN
  reduce(all = [], p IN members | all + [code IN coalesce(p.places, []) WHERE NOT code IN all]) AS places,
  reduce(all = [], p IN members | all + [tag IN coalesce(p.languages, []) WHERE NOT tag IN all]) AS languages,
  COLLECT { UNWIND members AS p MATCH (p)-[:PRACTISES]->(s:Specialty) RETURN DISTINCT s.code } AS specialties
