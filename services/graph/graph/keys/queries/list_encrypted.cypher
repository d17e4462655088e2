// Lists the beginning of each text that is held; the id of its key is the first byte.
// params:  none
// returns: rows {head :: STRING, the first four characters in base64}
CALL () {
  MATCH (d:Discussion) WHERE d.held_at > '' RETURN d.id AS id, substring(d.held, 0, 4) AS head
  UNION
  MATCH (p:Post) WHERE p.held_at > '' RETURN p.id AS id, substring(p.held, 0, 4) AS head
}
RETURN head
