// Locks a discussion or a post for a change.
// params:  $id, $now :: STRING
// returns: at most one row {content}: its properties and `label`; a post has its discussion's group_id and state as well
// feed:    nothing: it takes locks
OPTIONAL MATCH (d:Discussion {id: $id})
OPTIONAL MATCH (p:Post {id: $id})
WITH coalesce(d, p) AS c, p
WHERE c IS NOT NULL
SET c.locked_at = $now  // takes the write lock
WITH c, p
OPTIONAL MATCH (p)-[:ON]->(parent:Discussion)
RETURN c {.*, label: labels(c)[0], group_id: coalesce(c.group_id, parent.group_id), parent_state: parent.state,
  parent_kind: parent.kind, parent_author: parent.author_id} AS content
