// Lists discussions of all groups that hold all words, newest first, among the 1,000 that fit the text best.
// params:  $before, $last, $after, $viewer, $lucene, $author :: STRING (no author: any), $groups, $kinds, $topics, $languages, $codes, $places :: LIST OF
//          STRING (empty: any), $unresolved :: BOOLEAN, $first :: INTEGER
// returns: rows {id, created_at}
CALL db.index.fulltext.queryNodes('discussion_text', $lucene, {limit: 1000}) YIELD node AS d
WITH d WHERE d.created_at <= $before AND d.created_at >= $after AND d.id >= '' AND NOT (d.created_at = $before AND d.id <= $last)
  AND d.state = 'PUBLISHED' AND ($kinds = [] OR d.kind IN $kinds) AND ($languages = [] OR d.language IN $languages)
  AND ($topics = [] OR any(topic IN d.topic_keys WHERE topic IN $topics))
  AND NOT ($unresolved AND (d.kind <> 'QUESTION' OR d.resolved_by IS NOT NULL))
  AND ($groups = [] OR d.group_id IN $groups) AND ($author = '' OR d.author_id = $author)
OPTIONAL MATCH (d)-[:IN]->(g:Group)
WITH d, g
WHERE (g IS NULL OR (g.visibility = 'LISTED' AND g.policy_level IS NULL) OR EXISTS { (:Professional {id: $viewer})-[:MEMBER_OF]->(g) })
  AND ($codes = [] OR any(code IN coalesce(g.specialties, d.alert_codes) WHERE code IN $codes))
  AND ($places = [] OR any(code IN coalesce(g.regions, d.alert_places) WHERE code IN $places))
RETURN d.id AS id, d.created_at AS created_at
ORDER BY d.created_at DESC, d.id LIMIT $first
