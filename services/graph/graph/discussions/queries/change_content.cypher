// Sets properties of a discussion or post under its lock; null takes one away. A discussion does not count held posts.
// params:  $id :: STRING, $fields :: MAP of properties
// returns: at most one row {released, recounted}: the id where a held text is published now; the discussion whose count changed
// feed:    content $id, =recounted; added =released
OPTIONAL MATCH (d:Discussion {id: $id})
OPTIONAL MATCH (p:Post {id: $id})
WITH coalesce(d, p) AS c
WITH c, c.state AS before
SET c += $fields
WITH c, before, toInteger(c.state <> 'HELD') - toInteger(before <> 'HELD') AS more
CALL (c, more) {
  MATCH (c)-[:ON]->(d:Discussion)
  WHERE more <> 0
  SET d.locked_at = c.changed_at  // takes the write lock before the count is read
  SET d.post_count = d.post_count + more,
    d.last_post_at = CASE WHEN c.state = 'PUBLISHED' AND coalesce(d.last_post_at, '') < c.created_at THEN c.created_at
      ELSE d.last_post_at END
  RETURN collect(d.id) AS recounted
}
RETURN CASE WHEN before = 'HELD' AND c.state = 'PUBLISHED' THEN c.id END AS released, head(recounted) AS recounted
