// Takes people out of every list of ids in the contents that name them, such as mentions and hosts.
// params:  $ids :: LIST OF STRING
// returns: rows {id}
// feed:    content =id
UNWIND $ids AS person
MATCH (:Professional {id: person})<-[named:NAMES]-(c)
FOREACH (name IN [name IN keys(c) WHERE c[name] IS :: LIST<ANY> AND any(id IN $ids WHERE id IN c[name])] |
  SET c[name] = [id IN c[name] WHERE NOT id IN $ids]
)
DELETE named
RETURN DISTINCT c.id AS id
