// Opens discussions, in groups or as alerts to everybody; one that exists stays as it is.
// params:  $rows :: LIST OF {author, discussion :: MAP of properties}, $run :: STRING
// returns: one row {stored, found}
// feed:    group $rows[].discussion.group_id
UNWIND $rows AS row
MATCH (author:Professional {id: row.author})
MERGE (d:Discussion {id: row.discussion.id})
ON CREATE SET d = row.discussion, d.import = $run
MERGE (author)-[:WROTE]->(d)
WITH d, row
CALL (d, row) {
  MATCH (g:Group {id: row.discussion.group_id})
  MERGE (d)-[:IN]->(g)
}
RETURN count(d) AS found, sum(CASE WHEN d.import = $run THEN 1 ELSE 0 END) AS stored
