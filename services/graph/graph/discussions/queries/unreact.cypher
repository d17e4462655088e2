// Takes a person's reaction to a discussion or post away, under its lock; repeating is harmless.
// params:  $id, $me, $reaction, $now :: STRING
// returns: nothing
// feed:    content $id
OPTIONAL MATCH (d:Discussion {id: $id})
OPTIONAL MATCH (p:Post {id: $id})
WITH coalesce(d, p) AS c
OPTIONAL MATCH (:Professional {id: $me})-[r:REACTED {kind: $reaction}]->(c)
DELETE r
WITH DISTINCT c
SET c.changed_at = $now, c.helpful = COUNT { (c)<-[:REACTED {kind: 'HELPFUL'}]-() }
