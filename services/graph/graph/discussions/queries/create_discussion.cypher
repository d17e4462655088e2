// Opens a discussion, in a group or, for an alert, outside of all.
// params:  $author :: STRING, $group :: STRING or null, $discussion :: MAP of properties
// returns: nothing
MERGE (author:Professional {id: $author})
SET author.changed_at = timestamp(), author.change = rand()
CREATE (d:Discussion)
SET d = $discussion, d.marked_at = timestamp(), d.mark = rand()
CREATE (author)-[:WROTE]->(d)
WITH d
MATCH (g:Group {id: $group})
CREATE (d)-[:IN]->(g)
