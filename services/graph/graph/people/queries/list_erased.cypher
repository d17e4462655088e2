// Lists people whose erasure an installation has asked for, by id; those that it did not know any more are left out.
// params:  $installation, $after :: STRING (where the page before ended), $most :: INTEGER
// returns: rows {id :: STRING}
MATCH (e:ErasedProfessional)
WHERE e.installation = $installation AND e.id > $after AND e.ghost_epoch IS NULL
RETURN e.id AS id ORDER BY e.id LIMIT $most
