// Lists the introductions for which a person asked, newest first.
// params:  $me, $before, $last :: STRING, $first :: INTEGER
// returns: rows {introduction}
MATCH (i:Introduction)
USING INDEX i:Introduction(from, created_at, id)
WHERE i.from = $me AND i.created_at <= $before AND i.id >= '' AND NOT (i.created_at = $before AND i.id <= $last)
RETURN i {.*} AS introduction
ORDER BY i.from DESC, i.created_at DESC, i.id LIMIT $first
