// Locks a group and reads how the caller stands to it, and what its capacity is.
// params:  $group, $me, $now :: STRING
// returns: at most one row {group, taken, owners, role, relation, suspended_until, snapshot}
// feed:    nothing: it takes locks
MERGE (me:Professional {id: $me})
WITH me
MATCH (g:Group {id: $group})
SET g.locked_at = $now  // takes the write lock, so that the counts below cannot go stale
WITH g, me
OPTIONAL MATCH (me)-[m:MEMBER_OF]->(g)
RETURN g {.id, .name, .visibility, .join_policy, .member_limit, .version, .policy_level, .policy_licensed_in,
    .policy_specialties, .policy_checked_days} AS group,
  COUNT { (:Professional)-[:MEMBER_OF]->(g) } AS taken,
  COUNT { (:Professional)-[:MEMBER_OF {role: 'OWNER'}]->(g) } AS owners,
  m.role AS role, head([(me)-[s:SUSPENDED_IN]->(g) | s.until]) AS suspended_until,
  CASE WHEN EXISTS { (me)-[:BANNED_FROM]->(g) } THEN 'BANNED' WHEN m IS NOT NULL THEN 'MEMBER'
    WHEN EXISTS { (me)-[:INVITED_TO]->(g) } THEN 'INVITED' WHEN EXISTS { (me)-[:ASKED_TO_JOIN]->(g) } THEN 'REQUESTED'
    END AS relation,
  CASE WHEN g.policy_level IS NOT NULL THEN me.snapshot END AS snapshot
