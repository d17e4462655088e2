// Counts the discussions of several groups, from the counts that the engine keeps.
// params:  $groups :: LIST OF STRING
// returns: rows {group, total}
UNWIND $groups AS group
MATCH (g:Group {id: group})
RETURN group, COUNT { (g)<-[:IN]-() } AS total
