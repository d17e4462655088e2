// Leaves of a discussion or post what its answers need, under its lock; every other property goes, also one added later.
// params:  $id, $now :: STRING
// returns: at most one row {recounted}: the discussion whose count changed
// feed:    content $id, =recounted
OPTIONAL MATCH (d:Discussion {id: $id})
OPTIONAL MATCH (p:Post {id: $id})
WITH coalesce(d, p) AS c
WITH c, c.state AS before
SET c = c {.id, .group_id, .discussion_id, .in_reply_to, .author_id, .kind, .language, .post_count, .last_post_at, .created_at,
  .added_position, .helpful, .resolved_by, .consent_scope, .consent_withdrawn_at, .import, state: 'DELETED',
  changed_at: $now, version: c.version + 1, topics: [], topic_keys: [], mentions: [], labels: []}
WITH c, before
MATCH (c)-[:ON]->(d:Discussion)
WHERE before = 'HELD'
SET d.locked_at = $now  // takes the write lock before the count is read
SET d.post_count = d.post_count + 1
RETURN d.id AS recounted
