// Reads what the index knows of some groups, after they changed.
// params:  $ids :: LIST OF STRING
// returns: rows {id, name, listed}
UNWIND $ids AS id
MATCH (g:Group {id: id})
RETURN g.id AS id, g.sort_name AS name, g.visibility = 'LISTED' AS listed
