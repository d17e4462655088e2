// Deletes the groups that nobody but these people belongs to, with what was said there.
// params:  $ids :: LIST OF STRING
// returns: nothing
// feed:    nothing: the people in them are erased beside it, which renews all groups
UNWIND $ids AS id
MATCH (:Professional {id: id})-[:MEMBER_OF]->(g:Group)
WHERE NOT EXISTS { MATCH (other:Professional)-[:MEMBER_OF]->(g) WHERE NOT other.id IN $ids }
WITH DISTINCT g
OPTIONAL MATCH (d:Discussion)-[:IN]->(g)
OPTIONAL MATCH (post:Post)-[:ON]->(d)
DETACH DELETE post, d, g
