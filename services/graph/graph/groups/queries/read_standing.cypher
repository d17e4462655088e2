// Reads how the caller stands to a group, without its lock.
// params:  $group, $me :: STRING
// returns: at most one row {group, role, relation, suspended_until, snapshot}
MATCH (g:Group {id: $group})
OPTIONAL MATCH (me:Professional {id: $me})
OPTIONAL MATCH (me)-[m:MEMBER_OF]->(g)
RETURN g {.id, .name, .visibility, .join_policy, .member_limit, .version, .policy_level, .policy_licensed_in,
    .policy_specialties, .policy_checked_days} AS group,
  m.role AS role, head([(me)-[s:SUSPENDED_IN]->(g) | s.until]) AS suspended_until,
  CASE WHEN EXISTS { (me)-[:BANNED_FROM]->(g) } THEN 'BANNED' WHEN m IS NOT NULL THEN 'MEMBER'
    WHEN EXISTS { (me)-[:INVITED_TO]->(g) } THEN 'INVITED' WHEN EXISTS { (me)-[:ASKED_TO_JOIN]->(g) } THEN 'REQUESTED'
    END AS relation,
  CASE WHEN g.policy_level IS NOT NULL THEN me.snapshot END AS snapshot
