// Locks texts that name people with @handle and lists them, with what they said before and their translations.
// params:  $ids :: LIST OF STRING, $properties :: PROPERTIES
// returns: rows {handles :: LIST OF STRING, also former ones, id, values :: LIST of those of $properties}
// feed:    nothing: forget_names tells of these contents
UNWIND $ids AS id
MATCH (who:Professional {id: id})<-[:NAMES]-(c)
WITH who, c ORDER BY c.id
SET c.locked_at = coalesce(c.locked_at, '')  // takes the write lock; what is read below is what was committed before
WITH who, c
CALL (c) {
  RETURN c AS text
  UNION
  MATCH (text:Revision|Translation)-[:OF]->(c)
  RETURN text
}
RETURN [who.handle] + [(old:FormerHandle)-[:LEADS_TO]->(who) | old.handle] AS handles, text.id AS id,
  [name IN $properties | text[name]] AS values
