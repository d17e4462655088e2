// Leaves of a discussion or post what its answers need, under its lock; every other property goes, also one added later.
// params:  $id, $now :: STRING, $stub :: PROPERTIES that stay
// returns: nothing
// feed:    content $id
OPTIONAL MATCH (d:Discussion {id: $id})
OPTIONAL MATCH (p:Post {id: $id})
WITH coalesce(d, p) AS c
FOREACH (name IN [name IN keys(c) WHERE NOT name IN $stub] | REMOVE c[name])
SET c.state = 'DELETED', c.changed_at = $now, c.version = c.version + 1
