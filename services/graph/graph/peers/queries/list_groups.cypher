// Lists all groups by node, for the index.
// params:  none
// returns: rows {id, node}
MATCH (g:Group)
RETURN g.id AS id, id(g) AS node
