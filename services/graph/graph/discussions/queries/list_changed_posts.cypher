// Lists the posts of a discussion that were changed since a moment, but not those that are new; at most 100.
// params:  $discussion, $since :: STRING
// returns: rows {id, at}
MATCH (p:Post)
WHERE p.discussion_id = $discussion AND p.created_at >= '' AND p.id >= '' AND p.changed_at >= $since
  AND p.changed_at <> p.created_at
RETURN p.id AS id, p.changed_at AS at ORDER BY at LIMIT 100
