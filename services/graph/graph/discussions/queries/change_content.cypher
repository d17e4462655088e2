// Sets properties of a discussion or post under its lock; null takes one away.
// params:  $id :: STRING, $fields :: MAP of properties
// returns: at most one row {released}: the id where a held text is published now
// feed:    content $id; added =released
OPTIONAL MATCH (d:Discussion {id: $id})
OPTIONAL MATCH (p:Post {id: $id})
WITH coalesce(d, p) AS c
WITH c, c.state AS before
SET c += $fields
RETURN CASE WHEN before = 'HELD' AND c.state = 'PUBLISHED' THEN c.id END AS released
