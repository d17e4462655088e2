// Lists who is banned from several groups, the longest banned first.
// params:  $ids, $words :: LIST OF STRING, $viewer :: STRING, $today :: STRING (ISO 8601), $people :: LIST OF STRING or null
// returns: rows {id, rows :: LIST OF {person, role, joined_at}}
UNWIND $ids AS id
CALL (id) {
  MATCH (p:Professional)-[m:BANNED_FROM]->(:Group {id: id})
  WHERE p.version > 0 AND NOT p.suspended AND ($people IS NULL OR p.id IN $people)
    AND all(word IN $words WHERE p.search_text STARTS WITH word OR p.search_text CONTAINS (' ' + word)
      OR any(name IN p.dated_names WHERE name >= $today AND name CONTAINS (' ' + word)))
    AND NOT EXISTS { (p)-[:BLOCKS]->(:Professional {id: $viewer}) }
  WITH p, m ORDER BY m.created_at, p.id
  RETURN collect({person: p.id, role: 'MEMBER', joined_at: m.created_at}) AS found
}
RETURN id, found AS rows
