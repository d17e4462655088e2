// Lists the posts of several discussions, newest first.
// params:  $discussions :: LIST OF STRING, $before, $last :: STRING, $first :: INTEGER
// returns: rows {discussion, rows :: LIST OF post maps with author and in_reply_to}
UNWIND $discussions AS discussion
CALL (discussion) {
  MATCH (p:Post)
  USING INDEX p:Post(discussion_id, created_at, id)
  WHERE p.discussion_id = discussion AND p.created_at <= $before AND p.id >= ''  // a word on each of the index's columns
    AND NOT (p.created_at = $before AND p.id >= $last)
  WITH p ORDER BY p.discussion_id DESC, p.created_at DESC, p.id DESC LIMIT $first
  OPTIONAL MATCH (author:Professional)-[:WROTE]->(p)
  RETURN collect(p {.id, .discussion_id, .state, .body, .language, .created_at, .edited_at, .version, .in_reply_to,
    author: author.id}) AS rows
}
RETURN discussion, rows
