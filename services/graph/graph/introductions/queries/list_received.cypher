// Lists the introductions that a person is asked to make, and those that were forwarded to them, newest first.
// params:  $me, $before, $last :: STRING, $first :: INTEGER
// returns: rows {introduction}
CALL () {
  MATCH (i:Introduction)
  USING INDEX i:Introduction(via, created_at, id)
  WHERE i.via = $me AND i.created_at <= $before AND i.id >= '' AND NOT (i.created_at = $before AND i.id <= $last)
  RETURN i ORDER BY i.via DESC, i.created_at DESC, i.id LIMIT $first
  UNION
  MATCH (i:Introduction)
  USING INDEX i:Introduction(to, created_at, id)
  WHERE i.to = $me AND i.created_at <= $before AND i.id >= '' AND NOT (i.created_at = $before AND i.id <= $last)
    AND i.state = 'FORWARDED'
  RETURN i ORDER BY i.to DESC, i.created_at DESC, i.id LIMIT $first
}
RETURN i {.*} AS introduction
ORDER BY i.created_at DESC, i.id LIMIT $first
