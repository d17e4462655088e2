// Makes people members of groups; repeating is harmless.
// params:  $rows :: LIST OF {group, person, role, joined_at}, $run :: STRING
// returns: one row {stored, found}
// feed:    person $rows[].person; group $rows[].group
UNWIND $rows AS row
MATCH (g:Group {id: row.group}), (p:Professional {id: row.person})
MERGE (p)-[m:MEMBER_OF]->(g)
ON CREATE SET m.role = row.role, m.joined_at = row.joined_at, m.import = $run
RETURN count(m) AS found, sum(CASE WHEN m.import = $run THEN 1 ELSE 0 END) AS stored
