// Reads a group's texts and what it is about.
// params:  $group :: STRING
// returns: at most one row {name, purpose, specialties}
MATCH (g:Group {id: $group})
RETURN g.name AS name, g.purpose AS purpose, coalesce(g.specialties, []) AS specialties
