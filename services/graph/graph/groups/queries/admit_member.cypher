// Makes a person a member, under the group's lock; repeating is harmless.
// params:  $group, $person, $role, $now :: STRING
// returns: nothing
// feed:    person $person; group $group
MATCH (g:Group {id: $group})
MERGE (p:Professional {id: $person})
WITH g, p
OPTIONAL MATCH (p)-[waiting:ASKED_TO_JOIN|INVITED_TO]->(g)
DELETE waiting
WITH DISTINCT g, p
MERGE (p)-[m:MEMBER_OF]->(g)
ON CREATE SET m.role = $role, m.joined_at = $now
SET p.changed_at = timestamp()
