// Reads groups with how the viewer stands to each.
// params:  $ids :: LIST OF STRING, $viewer :: STRING
// returns: rows {group, member_count, role, relation, suspended_until, joined_at, snapshot}
UNWIND $ids AS id
MATCH (g:Group {id: id})
OPTIONAL MATCH (v:Professional {id: $viewer})
OPTIONAL MATCH (v)-[m:MEMBER_OF]->(g)
RETURN g {.id, .handle, .name, .purpose, .rules, .languages, .visibility, .join_policy, .specialties, .regions,
    .member_limit, .created_at, .version, .policy_level, .policy_licensed_in, .policy_specialties,
    .policy_checked_days} AS group,
  COUNT { (g)<-[:MEMBER_OF]-() } AS member_count, m.role AS role, m.joined_at AS joined_at,
  head([(v)-[s:SUSPENDED_IN]->(g) | s.until]) AS suspended_until,
  CASE WHEN EXISTS { (v)-[:BANNED_FROM]->(g) } THEN 'BANNED' WHEN m IS NOT NULL THEN 'MEMBER'
    WHEN EXISTS { (v)-[:INVITED_TO]->(g) } THEN 'INVITED' WHEN EXISTS { (v)-[:ASKED_TO_JOIN]->(g) } THEN 'REQUESTED'
    END AS relation,
  CASE WHEN g.policy_level IS NOT NULL THEN v.snapshot END AS snapshot
