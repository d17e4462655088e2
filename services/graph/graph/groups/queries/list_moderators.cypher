// Lists the moderators and owners of a group.
// params:  $group :: STRING
// returns: rows {id}
MATCH (p:Professional)-[m:MEMBER_OF]->(:Group {id: $group})
WHERE m.role IN ['MODERATOR', 'OWNER']
RETURN p.id AS id
