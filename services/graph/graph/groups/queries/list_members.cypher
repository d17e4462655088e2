// Lists the members of several groups, those who joined first at the front.
// params:  $ids :: LIST OF STRING, $since, $last :: STRING, $first :: INTEGER, $role :: STRING or null
// returns: rows {id, total, rows :: LIST OF {person, role, joined_at}}, one more than $first where there are more
UNWIND $ids AS id
CALL (id) {
  MATCH (p:Professional)-[m:MEMBER_OF]->(:Group {id: id})
  WHERE p.version > 0 AND NOT p.suspended AND ($role IS NULL OR m.role = $role)
  WITH p, m ORDER BY m.joined_at, p.id
  RETURN collect({person: p.id, role: m.role, joined_at: m.joined_at}) AS found
}
WITH id, found, [row IN found WHERE row.joined_at > $since OR (row.joined_at = $since AND row.person > $last)] AS rest
RETURN id, size(found) AS total, rest[0..$first] AS rows
