// Reads discussions with their authors.
// params:  $ids :: LIST OF STRING
// returns: rows {discussion, author}
UNWIND $ids AS id
MATCH (d:Discussion {id: id})
OPTIONAL MATCH (author:Professional)-[:WROTE]->(d)
RETURN d {.id, .group_id, .kind, .state, .title, .body, .language, .topics, .post_count, .created_at, .edited_at,
  .last_post_at, .version} AS discussion, author.id AS author
