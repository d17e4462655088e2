// Lists the connections that the viewer shares with each of several people, by name.
// params:  $ids :: LIST OF STRING, $viewer, $name, $last :: STRING (where the page before ended), $first :: INTEGER
// returns: rows {id, total, rows :: LIST OF {id, sort_name}}, one more than $first where there are more
UNWIND $ids AS id
CALL (id) {
  MATCH (p:Professional {id: id})-[:CONNECTED_TO]-(m:Professional)-[:CONNECTED_TO]-(:Professional {id: $viewer})
  WHERE NOT m.suspended AND m.id <> $viewer
  WITH DISTINCT m ORDER BY m.sort_name, m.id
  RETURN collect({id: m.id, sort_name: m.sort_name}) AS found
}
WITH id, found, [row IN found WHERE row.sort_name > $name OR (row.sort_name = $name AND row.id > $last)] AS rest
RETURN id, size(found) AS total, rest[0..$first] AS rows
