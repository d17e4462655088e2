// Locks a discussion or a post for a change.
// params:  $id, $now :: STRING, $lock_discussion :: BOOLEAN: whether to lock a post's discussion before the post
// returns: at most one row {content}: its properties and `label`; a post has its discussion's group_id and state as well
// feed:    nothing: it takes locks
OPTIONAL MATCH (d:Discussion {id: $id})
OPTIONAL MATCH (p:Post {id: $id})
OPTIONAL MATCH (p)-[:ON]->(parent:Discussion)
WITH coalesce(d, p) AS c, parent
WHERE c IS NOT NULL
FOREACH (first IN CASE WHEN $lock_discussion THEN [parent] ELSE [] END | SET first.locked_at = $now)
SET c.locked_at = $now  // takes the write lock
WITH c, parent
RETURN c {.*, label: labels(c)[0], group_id: coalesce(c.group_id, parent.group_id), parent_state: parent.state,
  parent_kind: parent.kind, parent_author: parent.author_id} AS content
