// Lists the posts that were added to a discussion between two positions of the change feed; those older than the feed first, by time.
// params:  $of, $after_id :: STRING, $position, $until, $limit :: INTEGER, $older_at :: STRING or null, $older_id :: STRING
// returns: rows {id, position, created_at}; `created_at` only of those older than the feed, which are listed after $older_at
CALL () {
  MATCH (p:Post)
  USING INDEX p:Post(discussion_id, created_at, id)
  WHERE p.discussion_id = $of AND p.created_at >= $older_at AND p.id >= '' AND (p.created_at > $older_at OR p.id > $older_id)
    AND p.added_position IS NULL AND p.state <> 'HELD'
  RETURN p.id AS id, 0 AS position, p.created_at AS created_at ORDER BY p.discussion_id, p.created_at, p.id LIMIT $limit
  UNION ALL
  MATCH (p:Post)
  USING INDEX p:Post(discussion_id, added_position)
  WHERE p.discussion_id = $of AND p.added_position >= $position AND p.added_position <= $until
    AND (p.added_position > $position OR p.id > $after_id)
  RETURN p.id AS id, p.added_position AS position, null AS created_at ORDER BY p.discussion_id, p.added_position, p.id LIMIT $limit
}
RETURN id, position, created_at ORDER BY position, created_at, id LIMIT $limit
