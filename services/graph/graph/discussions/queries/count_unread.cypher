// Counts the posts of discussions, but for held ones, since the viewer last wrote there or marked notifications as read.
// params:  $ids :: LIST OF STRING, $viewer :: STRING
// returns: rows {id, unread}
OPTIONAL MATCH (v:Professional {id: $viewer})
UNWIND $ids AS id
CALL (id) {
  MATCH (p:Post)
  WHERE p.discussion_id = id AND p.created_at >= '' AND p.id >= '' AND (p.state <> 'HELD' OR p.author_id = $viewer)
  RETURN collect({at: p.created_at, own: p.author_id = $viewer}) AS posts
}
WITH id, coalesce(v.notified_until, '') AS told, posts
WITH id, posts, reduce(since = told, post IN posts | CASE WHEN post.own AND post.at > since THEN post.at ELSE since END) AS since
RETURN id, size([post IN posts WHERE NOT post.own AND post.at > since]) AS unread
