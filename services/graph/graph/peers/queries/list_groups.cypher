// Lists all groups by node, for the index.
// params:  none
// returns: rows {id, node, name, listed}
MATCH (g:Group)
RETURN g.id AS id, id(g) AS node, g.sort_name AS name, g.visibility = 'LISTED' AS listed
