// Adds a post to a discussion, under the discussion's lock.
// params:  $author, $discussion :: STRING, $post :: MAP of properties
// returns: nothing
// feed:    person $author; content $discussion; added $post.id
MATCH (d:Discussion {id: $discussion})
MERGE (author:Professional {id: $author})
SET author.changed_at = timestamp(), d.last_post_at = $post.created_at, d.post_count = d.post_count + 1
CREATE (p:Post)
SET p = $post
CREATE (p)-[:ON]->(d), (author)-[:WROTE]->(p)
