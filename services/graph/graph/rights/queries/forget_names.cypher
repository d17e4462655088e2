// Takes people out of the mentions and hosts of contents.
// params:  $ids :: LIST OF STRING
// returns: rows {id}
// feed:    content =id
UNWIND $ids AS person
MATCH (:Professional {id: person})<-[named:NAMES]-(c)
SET c.mentions = [id IN coalesce(c.mentions, []) WHERE NOT id IN $ids],
  c.hosts = CASE WHEN c.hosts IS NULL THEN null ELSE [id IN c.hosts WHERE NOT id IN $ids] END
DELETE named
RETURN DISTINCT c.id AS id
