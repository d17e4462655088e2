// Lists what has been held for too long.
// params:  $before :: STRING
// returns: rows {id}
CALL () {
  MATCH (d:Discussion) WHERE d.held_at < $before RETURN d.id AS id LIMIT 500
  UNION
  MATCH (p:Post) WHERE p.held_at < $before RETURN p.id AS id LIMIT 500
}
RETURN id
