// Lists the requests that a person received, newest first.
// params:  $me, $now, $before, $last :: STRING, $first :: INTEGER
// returns: rows {id, message, created_at, expires_at, sender, receiver}
MATCH (p:Professional)-[asked:ASKED]->(:Professional {id: $me})
WHERE asked.expires_at > $now AND p.version > 0 AND NOT p.suspended
  AND (asked.created_at < $before OR (asked.created_at = $before AND asked.id > $last))
RETURN asked {.id, .message, .created_at, .expires_at, sender: p.id, receiver: $me} AS request
ORDER BY asked.created_at DESC, asked.id LIMIT $first
