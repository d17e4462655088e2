// Lists the decisions about what a person wrote, newest first.
// params:  $me, $before, $last :: STRING, $first :: INTEGER
// returns: rows {decision}
MATCH (d:Decision)
USING INDEX d:Decision(author, decided_at, id)
WHERE d.author = $me AND d.decided_at <= $before AND d.id >= '' AND NOT (d.decided_at = $before AND d.id <= $last)
RETURN d {.*} AS decision
ORDER BY d.author DESC, d.decided_at DESC, d.id LIMIT $first
