// Reads since when requests to join and invitations wait, and what was written with them.
// params:  $groups, $people :: LIST OF STRING (of the same length: each request is of a person to the group at the same place)
// returns: rows {group, person, message, waiting_since}
UNWIND range(0, size($groups) - 1) AS n
MATCH (p:Professional {id: $people[n]})-[m:ASKED_TO_JOIN|INVITED_TO]->(g:Group {id: $groups[n]})
RETURN g.id AS group, p.id AS person, m.message AS message, m.created_at AS waiting_since
