// Finds a discussion of which it, or a post in it, was last changed or added between two positions of the change feed.
// params:  $of, $after_id :: STRING, $position, $until, $limit :: INTEGER
// returns: at most one row {id, position}
CALL () {
  MATCH (d:Discussion {id: $of})
  WHERE d.changed_position >= $position AND d.changed_position <= $until
  RETURN d.changed_position AS position
  UNION ALL
  MATCH (p:Post)
  USING INDEX p:Post(discussion_id, changed_position)
  WHERE p.discussion_id = $of AND p.changed_position >= $position AND p.changed_position <= $until
  RETURN p.changed_position AS position ORDER BY position DESC LIMIT 1
  UNION ALL
  MATCH (p:Post)
  USING INDEX p:Post(discussion_id, added_position)
  WHERE p.discussion_id = $of AND p.added_position >= $position AND p.added_position <= $until
  RETURN p.added_position AS position ORDER BY position DESC LIMIT 1
}
WITH max(position) AS position
WHERE position > $position OR $of > $after_id
RETURN $of AS id, position LIMIT $limit
