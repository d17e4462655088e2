// Reads posts by id, with their authors.
// params:  $ids :: LIST OF STRING
// returns: rows {post}
UNWIND $ids AS id
MATCH (p:Post {id: id})
OPTIONAL MATCH (author:Professional)-[:WROTE]->(p)
RETURN p {.id, .discussion_id, .state, .body, .language, .created_at, .edited_at, .version, .in_reply_to,
  author: author.id} AS post
