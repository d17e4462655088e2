// Takes snapshots of people, each only if newer than what is stored; repeating is harmless.
// params:  $people :: LIST OF MAP {id, version, properties, specialties, places, licensed}
// returns: one row {applied :: INTEGER}
// feed:    person $people[].id
UNWIND $people AS person
WITH person WHERE NOT EXISTS { (:ErasedProfessional {id: person.id}) }
MERGE (p:Professional {id: person.id})
SET p.version = coalesce(p.version, 0)  // takes the write lock, so that the comparison below cannot go stale
WITH p, person
WHERE p.version < person.version
SET p += person.properties, p.version = person.version, p.changed_at = timestamp()
WITH p, person
CALL (p) {
  MATCH (p)-[old:PRACTISES|WORKS_IN|LICENSED_IN]->()
  DELETE old
}
CALL (p, person) {
  UNWIND person.specialties AS practised
  MERGE (s:Specialty {code: practised.code})
  CREATE (p)-[:PRACTISES {verified_until: practised.verified_until}]->(s)
}
CALL (p, person) {
  UNWIND person.places AS place
  MERGE (r:Region {code: place})
  CREATE (p)-[:WORKS_IN]->(r)
}
CALL (p, person) {
  UNWIND person.licensed AS licence
  MERGE (r:Region {code: licence.code})
  CREATE (p)-[:LICENSED_IN {until: licence.until}]->(r)
}
RETURN count(p) AS applied
