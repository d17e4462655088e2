// Deletes the groups that nobody but these people belongs to, with what was said there and all that hangs on it.
// params:  $ids :: LIST OF STRING
// returns: nothing
// feed:    nothing: the people in them are erased beside it, which renews all groups
UNWIND $ids AS id
MATCH (:Professional {id: id})-[:MEMBER_OF]->(g:Group)
WHERE NOT EXISTS { MATCH (other:Professional)-[:MEMBER_OF]->(g) WHERE NOT other.id IN $ids }
WITH DISTINCT g
CALL (g) {
  MATCH (d:Discussion)-[:IN]->(g)
  CALL (d) {
    RETURN d AS text
    UNION
    MATCH (text:Post)-[:ON]->(d)
    RETURN text
  }
  OPTIONAL MATCH (part:Revision|Translation)-[:OF]->(text)
  DETACH DELETE part
  WITH DISTINCT text
  OPTIONAL MATCH (note:ContextNote {subject: text.id})
  DETACH DELETE note
  WITH DISTINCT text
  DETACH DELETE text
}
DETACH DELETE g
