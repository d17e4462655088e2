// Opens a discussion in a group.
// params:  $author, $group :: STRING, $discussion :: MAP of properties
// returns: nothing
MATCH (g:Group {id: $group}), (author:Professional {id: $author})
CREATE (d:Discussion)
SET d = $discussion
CREATE (d)-[:IN]->(g), (author)-[:WROTE]->(d)
