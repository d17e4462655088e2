// Lists the members of several groups, those who joined first at the front.
// params:  $ids, $words :: LIST OF STRING, $viewer :: STRING, $today :: STRING (ISO 8601), $people :: LIST OF STRING or null, $role :: STRING or null
// returns: rows {id, rows :: LIST OF {person, role, joined_at, suspended_until, snapshot}}; the snapshot only with a policy
UNWIND $ids AS id
CALL (id) {
  MATCH (p:Professional)-[m:MEMBER_OF]->(g:Group {id: id})
  WHERE p.version > 0 AND NOT p.suspended AND ($people IS NULL OR p.id IN $people) AND ($role IS NULL OR m.role = $role)
    AND all(word IN $words WHERE p.search_text STARTS WITH word OR p.search_text CONTAINS (' ' + word)
      OR any(name IN p.dated_names WHERE name >= $today AND name CONTAINS (' ' + word)))
    AND NOT EXISTS { (p)-[:BLOCKS]->(:Professional {id: $viewer}) }
  WITH p, m, g ORDER BY m.joined_at, p.id
  RETURN collect({person: p.id, role: m.role, joined_at: m.joined_at, suspended_until: head([(p)-[s:SUSPENDED_IN]->(g) | s.until]),
    snapshot: CASE WHEN g.policy_level IS NOT NULL THEN p.snapshot END}) AS found
}
RETURN id, found AS rows
