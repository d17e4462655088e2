// Lists flags that wait, the oldest first; what a moderator is party to is left out.
// params:  $statuses, $reasons :: LIST OF STRING (no reasons: any), $origin, $group :: STRING (empty: any), $me, $since, $last ::
//          STRING, $first :: INTEGER
// returns: rows {id, created_at}
UNWIND $statuses AS status
CALL (status) {
  MATCH (f:Flag)
  WHERE f.status = status AND f.created_at >= $since AND f.id >= '' AND NOT (f.created_at = $since AND f.id <= $last)
    AND ($reasons = [] OR f.reason IN $reasons) AND ($origin = '' OR f.origin = $origin) AND ($group = '' OR f.group = $group)
    AND coalesce(f.author, '') <> $me AND coalesce(f.reporter, '') <> $me AND NOT $me IN coalesce(f.decided_by, [])
  RETURN f ORDER BY f.created_at, f.id LIMIT $first
}
RETURN f.id AS id, f.created_at AS created_at
ORDER BY created_at, id LIMIT $first
