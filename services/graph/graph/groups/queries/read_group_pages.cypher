// Reads groups and the newest discussions of each, the same for everybody: what a reader may see is decided afterwards.
// params:  $ids :: LIST OF STRING, $first :: INTEGER
// returns: rows {group, member_count, rows :: LIST OF discussions, one more than $first where there are more}
UNWIND $ids AS id
MATCH (g:Group {id: id})
CALL (id) {
  MATCH (d:Discussion)
  USING INDEX d:Discussion(group_id, created_at, id)
  WHERE d.group_id = id AND d.created_at >= '' AND d.id >= ''  // an index needs a word on each of its columns
  WITH d ORDER BY d.group_id DESC, d.created_at DESC, d.id LIMIT $first
  RETURN collect(d {.id, .group_id, .kind, .state, .title, .body, .language, .topics, .post_count, .created_at, .edited_at,
    .last_post_at, .version, .author_id, .mentions, .sources, .labels, .question, .age_band, .setting, .urgency,
    .consent_scope, .consent_withdrawn_at, .alert_regions, .alert_specialties, .issuer, .expires_at, .starts_at, .ends_at,
    .join_url, .hosts, .poll, .resolved_by, .held}) AS rows
}
RETURN g {.id, .handle, .name, .purpose, .rules, .languages, .visibility, .join_policy, .specialties, .regions,
    .member_limit, .created_at, .version, .policy_level, .policy_licensed_in, .policy_specialties,
    .policy_checked_days} AS group, COUNT { (g)<-[:MEMBER_OF]-() } AS member_count, rows
