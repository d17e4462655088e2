// Lists what is held, to encrypt it again.
// params:  none
// returns: rows {id, held}
CALL () {
  MATCH (d:Discussion) WHERE d.held_at > '' RETURN d.id AS id, d.held AS held
  UNION
  MATCH (p:Post) WHERE p.held_at > '' RETURN p.id AS id, p.held AS held
}
RETURN id, held
