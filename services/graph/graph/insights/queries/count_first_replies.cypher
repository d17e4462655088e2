// Counts the newest discussions by how soon they were first answered by somebody else.
// params:  $most :: INTEGER
// returns: rows {value, total}
MATCH (d:Discussion)
WHERE d.created_at >= '' AND d.id >= ''
WITH d ORDER BY d.created_at DESC LIMIT $most
CALL (d) {
  MATCH (p:Post)
  WHERE p.discussion_id = d.id AND p.created_at >= '' AND p.id >= '' AND p.author_id <> d.author_id
  RETURN min(p.created_at) AS first
}
WITH CASE WHEN first IS NULL THEN null ELSE duration.inSeconds(datetime(d.created_at), datetime(first)).seconds / 3600.0 END AS hours
RETURN CASE WHEN hours IS NULL THEN 'NEVER' WHEN hours <= 1 THEN '1' WHEN hours <= 6 THEN '6' WHEN hours <= 24 THEN '24'
  WHEN hours <= 72 THEN '72' ELSE 'MORE' END AS value, count(*) AS total
