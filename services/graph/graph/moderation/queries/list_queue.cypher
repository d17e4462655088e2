// Lists flags that wait, the oldest first; what a moderator is party to (find_party.cypher) is left out.
// params:  $statuses, $reasons, $waiting :: LIST OF STRING (no reasons: any), $origin, $group :: STRING (empty: any), $me, $since,
//          $last :: STRING, $first :: INTEGER
// returns: rows {id, created_at}
CALL () {
  OPTIONAL MATCH (own:Flag {reporter: $me})
  OPTIONAL MATCH (q:Post {id: own.subject})
  RETURN collect({subject: own.subject, author: own.author, thread: coalesce(q.discussion_id, own.subject),
    waits: own.status IN $waiting}) AS reported
}
UNWIND $statuses AS status
CALL (status, reported) {
  MATCH (f:Flag)
  WHERE f.status = status AND f.created_at >= $since AND f.id >= '' AND NOT (f.created_at = $since AND f.id <= $last)
    AND ($reasons = [] OR f.reason IN $reasons) AND ($origin = '' OR f.origin = $origin) AND ($group = '' OR f.group = $group)
    AND coalesce(f.author, '') <> $me AND coalesce(f.reporter, '') <> $me AND NOT $me IN coalesce(f.decided_by, [])
    AND NOT EXISTS { MATCH (a:Flag {subject: f.subject})
      WHERE a.appeal_statement IS NOT NULL AND a.status IN $waiting AND $me IN coalesce(a.decided_by, []) }
  OPTIONAL MATCH (p:Post {id: f.subject})
  WITH f, reported, coalesce(p.discussion_id, f.subject) AS thread
  WHERE none(own IN reported WHERE coalesce(own.subject = f.subject
    OR (own.author = f.author AND (thread = own.thread OR own.waits)), false))
  RETURN f ORDER BY f.created_at, f.id LIMIT $first
}
RETURN f.id AS id, f.created_at AS created_at
ORDER BY created_at, id LIMIT $first
