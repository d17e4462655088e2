// Bans a person from a group and ends any membership, request or invitation; repeating is harmless.
// params:  $group, $person, $me, $reason, $now :: STRING
// returns: nothing
// feed:    person $person; group $group
MATCH (g:Group {id: $group}), (p:Professional {id: $person})
MERGE (p)-[b:BANNED_FROM]->(g)
ON CREATE SET b.created_at = $now, b.by = $me, b.reason = $reason
SET p.changed_at = timestamp()
WITH g, p
MATCH (p)-[m:MEMBER_OF|ASKED_TO_JOIN|INVITED_TO]->(g)
DELETE m
