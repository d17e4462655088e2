// Lists the requests that a person sent, newest first.
// params:  $me, $now, $before, $last :: STRING, $first :: INTEGER
// returns: rows {id, message, created_at, expires_at, sender, receiver}
MATCH (:Professional {id: $me})-[asked:ASKED]->(p:Professional)
WHERE asked.expires_at > $now AND p.version > 0 AND NOT p.suspended
  AND (asked.created_at < $before OR (asked.created_at = $before AND asked.id > $last))
RETURN asked {.id, .message, .created_at, .expires_at, sender: $me, receiver: p.id} AS request
ORDER BY asked.created_at DESC, asked.id LIMIT $first
