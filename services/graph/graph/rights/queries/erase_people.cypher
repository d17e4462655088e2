// Erases people: who they were, their connections and memberships, and the text of what they wrote.
// params:  $ids :: LIST OF STRING
// returns: one row {erased :: INTEGER}
UNWIND $ids AS id
MERGE (:ErasedProfessional {id: id})  // keeps a late snapshot from bringing them back
WITH id
MATCH (p:Professional {id: id})
CALL (p) {
  MATCH (p)-[:WROTE]->(text)
  SET text.state = 'DELETED', text.body = null, text.title = null, text.topics = [], text.topic_keys = []
}
DETACH DELETE p
RETURN count(id) AS erased
