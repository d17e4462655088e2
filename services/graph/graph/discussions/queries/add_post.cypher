// Adds a post to a discussion, under the discussion's lock; one that is held is not counted.
// params:  $author, $discussion :: STRING, $post :: MAP of properties
// returns: nothing
// feed:    person $author; content $discussion; added $post.id
MATCH (d:Discussion {id: $discussion})
MERGE (author:Professional {id: $author})
SET author.changed_at = timestamp()
FOREACH (shown IN CASE WHEN $post.state = 'HELD' THEN [] ELSE [d] END |
  SET shown.post_count = shown.post_count + 1, shown.last_post_at = $post.created_at
)
CREATE (p:Post)
SET p = $post
CREATE (p)-[:ON]->(d), (author)-[:WROTE]->(p)
