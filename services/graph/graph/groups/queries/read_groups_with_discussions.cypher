// Reads groups with how the viewer stands to each, and each with its newest discussions.
// params:  $ids :: LIST OF STRING, $before, $last, $viewer :: STRING (where the page before ended), $first :: INTEGER
// returns: rows {group, member_count, role, relation, suspended_until, joined_at, snapshot, rows :: LIST OF {discussion, blocked}}
UNWIND $ids AS id
MATCH (g:Group {id: id})
OPTIONAL MATCH (v:Professional {id: $viewer})
OPTIONAL MATCH (v)-[m:MEMBER_OF]->(g)
WITH id, g, v, m
CALL (id) {
  MATCH (d:Discussion)
  USING INDEX d:Discussion(group_id, created_at, id)
  WHERE d.group_id = id AND d.created_at <= $before AND d.id >= ''  // an index needs a word on each of its columns
    AND NOT (d.created_at = $before AND d.id <= $last) AND (d.state <> 'HELD' OR d.author_id = $viewer)
  WITH d ORDER BY d.group_id DESC, d.created_at DESC, d.id LIMIT $first
  RETURN collect({discussion: d {.id, .group_id, .kind, .state, .title, .body, .language, .topics, .post_count, .created_at, .edited_at,
    .last_post_at, .version, .author_id, .mentions, .sources, .labels, .question, .age_band, .setting, .urgency,
    .consent_scope, .consent_withdrawn_at, .alert_regions, .alert_specialties, .issuer, .expires_at, .starts_at, .ends_at,
    .join_url, .hosts, .poll, .resolved_by, .held},
    blocked: EXISTS { (:Professional {id: d.author_id})-[:BLOCKS]-(:Professional {id: $viewer}) }}) AS rows
}
RETURN rows, g {.id, .handle, .name, .purpose, .rules, .languages, .visibility, .join_policy, .specialties, .regions,
    .member_limit, .created_at, .version, .policy_level, .policy_licensed_in, .policy_specialties,
    .policy_checked_days} AS group,
  COUNT { (g)<-[:MEMBER_OF]-() } AS member_count, m.role AS role, m.joined_at AS joined_at,
  head([(v)-[s:SUSPENDED_IN]->(g) | s.until]) AS suspended_until,
  CASE WHEN EXISTS { (v)-[:BANNED_FROM]->(g) } THEN 'BANNED' WHEN m IS NOT NULL THEN 'MEMBER'
    WHEN EXISTS { (v)-[:INVITED_TO]->(g) } THEN 'INVITED' WHEN EXISTS { (v)-[:ASKED_TO_JOIN]->(g) } THEN 'REQUESTED'
    END AS relation,
  CASE WHEN g.policy_level IS NOT NULL THEN v.snapshot END AS snapshot
