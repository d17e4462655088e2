// Finds where a post of a discussion, or a discussion of a group, was added.
// params:  $id, $of, $viewer :: STRING
// returns: at most one row {position, created_at}; the position is null where it is older than the change feed
OPTIONAL MATCH (d:Discussion {id: $id}) WHERE d.group_id = $of
OPTIONAL MATCH (p:Post {id: $id}) WHERE p.discussion_id = $of
WITH coalesce(d, p) AS c
WHERE c.state <> 'HELD' OR c.author_id = $viewer
RETURN c.added_position AS position, c.created_at AS created_at
