// Adds a person's reaction to a discussion or post, under its lock; repeating is harmless.
// params:  $id, $me, $reaction, $now :: STRING
// returns: nothing
// feed:    content $id
OPTIONAL MATCH (d:Discussion {id: $id})
OPTIONAL MATCH (p:Post {id: $id})
WITH coalesce(d, p) AS c
MERGE (me:Professional {id: $me})
MERGE (me)-[r:REACTED {kind: $reaction}]->(c)
ON CREATE SET r.at = $now
WITH c
SET c.changed_at = $now, c.helpful = COUNT { (c)<-[:REACTED {kind: 'HELPFUL'}]-() }
