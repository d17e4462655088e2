// Creates a group with its first owner.
// params:  $owner :: STRING, $group :: MAP of properties, $now :: STRING
// returns: nothing
// feed:    person $owner; group $group.id
MERGE (owner:Professional {id: $owner})
SET owner.changed_at = timestamp()
CREATE (g:Group)
SET g = $group, g.created_at = $now, g.version = 1  // null properties are not stored
CREATE (owner)-[:MEMBER_OF {role: 'OWNER', joined_at: $now}]->(g)
