// Removes a person's membership, request or invitation.
// params:  $group, $person :: STRING
// returns: nothing
// feed:    person $person; group $group
MATCH (p:Professional {id: $person})-[m:MEMBER_OF|ASKED_TO_JOIN|INVITED_TO]->(:Group {id: $group})
SET p.changed_at = timestamp()
DELETE m
