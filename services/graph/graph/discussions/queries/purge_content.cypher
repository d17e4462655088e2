// Deletes what hangs on a discussion or post: its revisions, its translations, and whom it names.
// params:  $id :: STRING
// returns: nothing
// feed:    nothing: the content that it belongs to is changed beside it
OPTIONAL MATCH (d:Discussion {id: $id})
OPTIONAL MATCH (p:Post {id: $id})
WITH coalesce(d, p) AS c
CALL (c) {
  MATCH (c)-[named:NAMES]->()
  DELETE named
}
MATCH (x:Revision|Translation)-[:OF]->(c)
DETACH DELETE x
