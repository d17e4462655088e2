// Leaves of a discussion or post what its answers need, under its lock; every other property goes, also one added later.
// params:  $id, $now :: STRING
// returns: nothing
// feed:    content $id
OPTIONAL MATCH (d:Discussion {id: $id})
OPTIONAL MATCH (p:Post {id: $id})
WITH coalesce(d, p) AS c
SET c = c {.id, .group_id, .discussion_id, .in_reply_to, .author_id, .kind, .language, .post_count, .last_post_at, .created_at,
  .added_position, .helpful, .resolved_by, .consent_scope, .consent_withdrawn_at, .import, state: 'DELETED',
  changed_at: $now, version: c.version + 1, topics: [], topic_keys: [], mentions: [], labels: []}
