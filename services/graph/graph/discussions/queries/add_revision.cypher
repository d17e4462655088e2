// Keeps what a discussion or post said before a change.
// params:  $id :: STRING, $revision :: MAP of properties
// returns: nothing
// feed:    nothing: the content that it belongs to is changed beside it
OPTIONAL MATCH (d:Discussion {id: $id})
OPTIONAL MATCH (p:Post {id: $id})
WITH coalesce(d, p) AS c
CREATE (r:Revision)-[:OF]->(c)
SET r = $revision
