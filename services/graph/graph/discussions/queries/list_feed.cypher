// Lists discussions of a person's groups, of their connections in open groups, and alerts that concern them, newest first.
// params:  $me, $now, $before, $last :: STRING, $first, $most :: INTEGER (how many connections are looked at)
// returns: rows {id, created_at}
MATCH (me:Professional {id: $me})
CALL (me) {
  MATCH (me)-[:MEMBER_OF]->(g:Group)
  CALL (g) {
    MATCH (d:Discussion)
    USING INDEX d:Discussion(group_id, created_at, id)
    WHERE d.group_id = g.id AND d.created_at <= $before AND d.id >= '' AND NOT (d.created_at = $before AND d.id <= $last)
      AND d.state = 'PUBLISHED'
    RETURN d ORDER BY d.group_id DESC, d.created_at DESC, d.id LIMIT $first
  }
  RETURN d
  UNION
  MATCH (me)-[c:CONNECTED_TO]-(other:Professional)
  WITH other, c ORDER BY c.since DESC LIMIT $most
  CALL (other) {
    MATCH (d:Discussion)
    USING INDEX d:Discussion(author_id, created_at, id)
    WHERE d.author_id = other.id AND d.created_at <= $before AND d.id >= '' AND NOT (d.created_at = $before AND d.id <= $last)
      AND d.state = 'PUBLISHED' AND EXISTS { (d)-[:IN]->(g:Group) WHERE g.visibility = 'LISTED' AND g.policy_level IS NULL }
    RETURN d ORDER BY d.author_id DESC, d.created_at DESC, d.id LIMIT $first
  }
  RETURN d
  UNION
  MATCH (d:Discussion)
  WHERE d.kind = 'ALERT' AND d.expires_at > $now
  WITH me, d
  WHERE d.group_id IS NULL AND d.created_at <= $before AND NOT (d.created_at = $before AND d.id <= $last)
    AND d.state = 'PUBLISHED' AND any(place IN me.places WHERE place IN d.alert_places)
    AND (d.alert_codes = [] OR EXISTS { (me)-[:PRACTISES]->(s:Specialty) WHERE s.code IN d.alert_codes })
  RETURN d
}
RETURN DISTINCT d.id AS id, d.created_at AS created_at
ORDER BY created_at DESC, id LIMIT $first
