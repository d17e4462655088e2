// Invites a person to a group; repeating is harmless.
// params:  $group, $person, $me, $now :: STRING
// returns: nothing
// feed:    person $person
MATCH (g:Group {id: $group}), (p:Professional {id: $person})
MERGE (p)-[i:INVITED_TO]->(g)
ON CREATE SET i.created_at = $now, i.by = $me
SET p.changed_at = timestamp()
