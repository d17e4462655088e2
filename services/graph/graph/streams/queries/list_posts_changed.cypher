// Lists the posts of a discussion whose last change lies between two positions of the change feed.
// params:  $of, $after_id :: STRING, $position, $until, $limit :: INTEGER
// returns: rows {id, position}
MATCH (p:Post)
USING INDEX p:Post(discussion_id, changed_position)
WHERE p.discussion_id = $of AND p.changed_position >= $position AND p.changed_position <= $until
  AND (p.changed_position > $position OR p.id > $after_id)
  AND (p.added_position IS NULL OR p.added_position < p.changed_position)
RETURN p.id AS id, p.changed_position AS position ORDER BY p.discussion_id, p.changed_position, p.id LIMIT $limit
