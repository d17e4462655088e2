// Lists the posts that were added to a discussion after a position of the change feed, at most 100; those older than it first, by time.
// params:  $of :: STRING, $position :: INTEGER, $created_after :: STRING or null (for those without a position)
// returns: rows {id, position}
CALL () {
  MATCH (p:Post)
  USING INDEX p:Post(discussion_id, created_at, id)
  WHERE p.discussion_id = $of AND p.created_at > $created_after AND p.id >= '' AND p.added_position IS NULL AND p.state <> 'HELD'
  RETURN p.id AS id, null AS position, p.created_at AS at ORDER BY p.discussion_id, p.created_at, p.id LIMIT 100
  UNION ALL
  MATCH (p:Post)
  USING INDEX p:Post(discussion_id, added_position)
  WHERE p.discussion_id = $of AND p.added_position > $position
  RETURN p.id AS id, p.added_position AS position, '' AS at ORDER BY p.discussion_id, p.added_position LIMIT 100
}
RETURN id, position ORDER BY position IS NOT NULL, position, at, id LIMIT 100
