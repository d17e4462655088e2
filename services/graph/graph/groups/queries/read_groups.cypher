// Reads groups with how the viewer stands to each.
// params:  $ids :: LIST OF STRING, $viewer :: STRING
// returns: rows {group, member_count, role, state, joined_at}
UNWIND $ids AS id
MATCH (g:Group {id: id})
OPTIONAL MATCH (v:Professional {id: $viewer})
OPTIONAL MATCH (v)-[m:MEMBER_OF]->(g)
RETURN g {.id, .handle, .name, .purpose, .rules, .languages, .visibility, .join_policy, .specialties, .regions,
  .member_limit, .created_at, .version} AS group,
  COUNT { (g)<-[:MEMBER_OF]-() } AS member_count, m.role AS role, m.joined_at AS joined_at,
  CASE WHEN m IS NOT NULL THEN 'ACTIVE' WHEN EXISTS { (v)-[:INVITED_TO]->(g) } THEN 'INVITED'
    WHEN EXISTS { (v)-[:ASKED_TO_JOIN]->(g) } THEN 'REQUESTED' END AS state
