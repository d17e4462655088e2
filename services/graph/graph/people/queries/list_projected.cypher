// Lists people that an installation has projected here, by id.
// params:  $installation, $after :: STRING (where the page before ended), $most :: INTEGER
// returns: rows {id :: STRING}
MATCH (p:Professional)
WHERE p.installation = $installation AND p.id > $after
RETURN p.id AS id ORDER BY p.id LIMIT $most
