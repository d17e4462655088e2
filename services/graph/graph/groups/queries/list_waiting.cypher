// Lists who asks to join several groups, the longest waiting first.
// params:  $ids :: LIST OF STRING, $since, $last :: STRING, $first :: INTEGER
// returns: rows {id, total, rows :: LIST OF {person, role, joined_at}}, one more than $first where there are more
UNWIND $ids AS id
CALL (id) {
  MATCH (p:Professional)-[m:ASKED_TO_JOIN]->(:Group {id: id})
  WHERE p.version > 0 AND NOT p.suspended
  WITH p, m ORDER BY m.created_at, p.id
  RETURN collect({person: p.id, role: 'MEMBER', joined_at: m.created_at}) AS found
}
WITH id, found, [row IN found WHERE row.joined_at > $since OR (row.joined_at = $since AND row.person > $last)] AS rest
RETURN id, size(found) AS total, rest[0..$first] AS rows
