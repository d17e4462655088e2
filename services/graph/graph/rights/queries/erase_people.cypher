// Erases people: who they were, their connections and memberships, the text of what they wrote, and what they were told.
// params:  $ids :: LIST OF STRING, $installation :: STRING or null, $ghost_epoch :: INTEGER, or null for people who were erased,
//          $stub :: PROPERTIES of texts that stay
// returns: one row {erased :: INTEGER}
// feed:    erased $ids[]
UNWIND $ids AS id
MERGE (gone:ErasedProfessional {id: id})  // keeps a late snapshot from bringing them back
SET gone.changed_at = timestamp(), gone.installation = coalesce($installation, gone.installation),
  gone.ghost_epoch = $ghost_epoch
WITH id
CALL (id) {
  MATCH (n:Notification) WHERE n.to = id AND n.created_at >= '' AND n.id >= ''
  DETACH DELETE n
}
CALL (id) {
  MATCH (key:IdempotencyKey) WHERE key.id STARTS WITH id + ' '
  DELETE key
}
MATCH (p:Professional {id: id})
CALL (p) {
  MATCH (p)-[:WROTE]->(text)
  WITH text, text.state AS before
  FOREACH (name IN [name IN keys(text) WHERE NOT name IN $stub] | REMOVE text[name])
  SET text.state = 'DELETED', text.author_id = 'erased'
  WITH text, before
  CALL (text, before) {
    MATCH (text)-[:ON]->(d:Discussion)
    WHERE before = 'HELD'
    SET d.locked_at = text.changed_at  // takes the write lock before the count is read
    SET d.post_count = d.post_count + 1
  }
  CALL (text) {
    MATCH (text)-[named:NAMES]->()
    DELETE named
  }
  MATCH (part:Revision|Translation)-[:OF]->(text)
  DETACH DELETE part
}
CALL (p) {
  // Counts of reactions stay right without the person; the note of their rating goes with them.
  MATCH (p)-[:REACTED {kind: 'HELPFUL'}]->(text)
  SET text.helpful = text.helpful - 1
}
CALL (p) {
  MATCH (old:FormerHandle)-[:LEADS_TO]->(p)
  DETACH DELETE old
}
DETACH DELETE p
RETURN count(id) AS erased
