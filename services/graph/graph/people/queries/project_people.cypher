// Takes snapshots of people, each only if newer than what is stored; repeating is harmless.
// params:  $people :: LIST OF MAP {id, version, properties, former_handles, specialties, places, licensed}, $epoch :: INTEGER, $installation :: STRING
// returns: one row {applied :: INTEGER}
// feed:    person $people[].id
// Of two epochs the later is newer, whatever the versions: an epoch begins where versions may have gone back.
UNWIND $people AS person
OPTIONAL MATCH (gone:ErasedProfessional {id: person.id})
WITH person, gone WHERE gone IS NULL OR gone.ghost_epoch < $epoch  // unknown to one epoch, and known to a later one
DELETE gone
WITH person
MERGE (p:Professional {id: person.id})
SET p.version = coalesce(p.version, 0), p.epoch = coalesce(p.epoch, 0)  // takes the write lock, so that the comparison below cannot go stale
WITH p, person
WHERE p.epoch < $epoch OR (p.epoch = $epoch AND p.version < person.version)
SET p += person.properties, p.version = person.version, p.epoch = $epoch, p.installation = $installation,
  p.changed_at = timestamp()
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
CALL (p, person) {
  MATCH (old:FormerHandle)-[:LEADS_TO]->(p)
  WHERE NOT old.handle IN person.former_handles
  DETACH DELETE old
}
CALL (p, person) {
  UNWIND person.former_handles AS handle
  MERGE (old:FormerHandle {handle: handle})
  MERGE (old)-[:LEADS_TO]->(p)
}
RETURN count(p) AS applied
