// Gives a member another role, under the group's lock.
// params:  $group, $person, $role :: STRING
// returns: nothing
// feed:    person $person
MATCH (p:Professional {id: $person})-[m:MEMBER_OF]->(:Group {id: $group})
SET m.role = $role, p.changed_at = timestamp()
