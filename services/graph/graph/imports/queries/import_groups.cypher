// Creates groups with their owners; one that exists stays as it is.
// params:  $rows :: LIST OF {owner, group :: MAP of properties}, $run :: STRING
// returns: one row {stored, found}
// feed:    person $rows[].owner; group $rows[].group.id
UNWIND $rows AS row
MERGE (owner:Professional {id: row.owner})
MERGE (g:Group {id: row.group.id})
ON CREATE SET g = row.group, g.import = $run
MERGE (owner)-[m:MEMBER_OF]->(g)
ON CREATE SET m.role = 'OWNER', m.joined_at = g.created_at
RETURN count(g) AS found, sum(CASE WHEN g.import = $run THEN 1 ELSE 0 END) AS stored
