// Finds a post of a discussion.
// params:  $discussion, $post :: STRING
// returns: at most one row {id, author, state}
MATCH (p:Post {id: $post})-[:ON]->(:Discussion {id: $discussion})
RETURN p.id AS id, p.author_id AS author, p.state AS state
