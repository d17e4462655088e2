// Reads the discussions of several groups, newest first.
// params:  $groups :: LIST OF STRING, $before, $last, $viewer :: STRING (where the page before ended), $first :: INTEGER
// returns: rows {group, rows :: LIST OF {discussion, blocked}}, one more than $first where there are more
UNWIND $groups AS group
CALL (group) {
  MATCH (d:Discussion)
  USING INDEX d:Discussion(group_id, created_at, id)
  WHERE d.group_id = group AND d.created_at <= $before AND d.id >= ''  // an index needs a word on each of its columns
    AND NOT (d.created_at = $before AND d.id <= $last) AND (d.state <> 'HELD' OR d.author_id = $viewer)
  WITH d ORDER BY d.group_id DESC, d.created_at DESC, d.id LIMIT $first
  RETURN collect({discussion: d {.id, .group_id, .kind, .state, .title, .body, .language, .topics, .post_count, .created_at, .edited_at,
    .last_post_at, .version, .author_id, .mentions, .sources, .labels, .question, .age_band, .setting, .urgency,
    .consent_scope, .consent_withdrawn_at, .alert_regions, .alert_specialties, .issuer, .expires_at, .starts_at, .ends_at,
    .join_url, .hosts, .poll, .resolved_by, .held},
    blocked: EXISTS { (:Professional {id: d.author_id})-[:BLOCKS]-(:Professional {id: $viewer}) }}) AS rows
}
RETURN group, rows
