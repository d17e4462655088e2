// Erases people: who they were, their connections and memberships, the text of what they wrote, and what they were told.
// params:  $ids :: LIST OF STRING, $installation :: STRING or null, $ghost_epoch :: INTEGER, or null for people who were erased
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
MATCH (p:Professional {id: id})
CALL (p) {
  MATCH (p)-[:WROTE]->(text)
  SET text.state = 'DELETED', text.body = null, text.title = null, text.topics = [], text.topic_keys = [],
    text.search_text = null, text.held = null, text.held_at = null, text.sources = null, text.question = null,
    text.age_band = null, text.setting = null, text.issuer = null, text.poll = null, text.mentions = [],
    text.author_id = 'erased'
  WITH text
  MATCH (part:Revision|Translation)-[:OF]->(text)
  DETACH DELETE part
}
CALL (p) {
  // Counts of reactions stay right without the person; the note of their rating goes with them.
  MATCH (p)-[:REACTED {kind: 'HELPFUL'}]->(text)
  SET text.helpful = text.helpful - 1
}
DETACH DELETE p
RETURN count(id) AS erased
