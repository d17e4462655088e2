// Lists what has been held for too long.
// params:  $before :: STRING, $except_ids :: LIST OF STRING
// returns: rows {id}
CALL () {
  MATCH (d:Discussion) WHERE d.held_at < $before AND NOT d.id IN $except_ids RETURN d.id AS id LIMIT 500
  UNION
  MATCH (p:Post) WHERE p.held_at < $before AND NOT p.id IN $except_ids RETURN p.id AS id LIMIT 500
}
RETURN id
