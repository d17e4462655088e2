// Reads discussions, and whether their authors and the viewer have blocked one another.
// params:  $ids :: LIST OF STRING, $viewer :: STRING
// returns: rows {discussion, blocked}
UNWIND $ids AS id
MATCH (d:Discussion {id: id})
RETURN d {.id, .group_id, .kind, .state, .title, .body, .language, .topics, .post_count, .created_at, .edited_at,
  .last_post_at, .version, .author_id, .mentions, .sources, .labels, .question, .age_band, .setting, .urgency,
  .consent_scope, .consent_withdrawn_at, .alert_regions, .alert_specialties, .issuer, .expires_at, .starts_at, .ends_at,
  .join_url, .hosts, .poll, .resolved_by, .held} AS discussion,
  EXISTS { (:Professional {id: d.author_id})-[:BLOCKS]-(:Professional {id: $viewer}) } AS blocked
