// Reads how a person stands to a group, under the group's lock.
// params:  $group, $person, $me :: STRING
// returns: at most one row {relation, role, joined_at, suspended_until, snapshot, open, blocked}; `open`: whether they can be
//          asked at all, `blocked`: whether they and the caller have blocked one another
MATCH (g:Group {id: $group})
OPTIONAL MATCH (p:Professional {id: $person})
OPTIONAL MATCH (p)-[m:MEMBER_OF]->(g)
RETURN CASE WHEN EXISTS { (p)-[:BANNED_FROM]->(g) } THEN 'BANNED' WHEN m IS NOT NULL THEN 'MEMBER'
    WHEN EXISTS { (p)-[:INVITED_TO]->(g) } THEN 'INVITED' WHEN EXISTS { (p)-[:ASKED_TO_JOIN]->(g) } THEN 'REQUESTED'
    END AS relation,
  m.role AS role, m.joined_at AS joined_at, head([(p)-[s:SUSPENDED_IN]->(g) | s.until]) AS suspended_until, p.snapshot AS snapshot,
  p IS NOT NULL AND p.version > 0 AND NOT p.suspended AND p.claimed AS open,
  EXISTS { (p)-[:BLOCKS]-(:Professional {id: $me}) } AS blocked
