// Opens a discussion, in a group or, for an alert, outside of all.
// params:  $author :: STRING, $group :: STRING or null, $discussion :: MAP of properties
// returns: nothing
// feed:    person $author; added $discussion.id
MERGE (author:Professional {id: $author})
SET author.changed_at = timestamp()
CREATE (d:Discussion)
SET d = $discussion
CREATE (author)-[:WROTE]->(d)
WITH d
MATCH (g:Group {id: $group})
CREATE (d)-[:IN]->(g)
