// Locks a group and reads how the caller stands to it, and what its capacity is.
// params:  $group, $me, $now :: STRING
// returns: at most one row {id, name, visibility, join_policy, member_limit, version, taken, owners, role, state}
MERGE (me:Professional {id: $me})
WITH me
MATCH (g:Group {id: $group})
SET g.locked_at = $now  // takes the write lock, so that the counts below cannot go stale
WITH g, me
OPTIONAL MATCH (me)-[m:MEMBER_OF]->(g)
RETURN g.id AS id, g.name AS name, g.visibility AS visibility, g.join_policy AS join_policy,
  g.member_limit AS member_limit, g.version AS version,
  COUNT { (:Professional)-[:MEMBER_OF]->(g) } AS taken,
  COUNT { (:Professional)-[:MEMBER_OF {role: 'OWNER'}]->(g) } AS owners,
  m.role AS role,
  CASE WHEN m IS NOT NULL THEN 'ACTIVE' WHEN EXISTS { (me)-[:INVITED_TO]->(g) } THEN 'INVITED'
    WHEN EXISTS { (me)-[:ASKED_TO_JOIN]->(g) } THEN 'REQUESTED' END AS state
