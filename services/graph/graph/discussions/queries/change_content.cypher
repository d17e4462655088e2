// Sets properties of a discussion or post under its lock; null takes one away.
// params:  $id :: STRING, $fields :: MAP of properties
// returns: nothing
OPTIONAL MATCH (d:Discussion {id: $id})
OPTIONAL MATCH (p:Post {id: $id})
WITH coalesce(d, p) AS c
SET c += $fields, c.marked_at = timestamp(), c.mark = rand()
