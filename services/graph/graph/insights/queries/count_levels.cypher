// Counts claimed professionals by verification level.
// params:  $today :: STRING
// returns: rows {value, total}
MATCH (p:Professional)
WHERE p.sort_name >= '' AND p.id >= '' AND p.claimed AND NOT p.suspended
RETURN CASE WHEN p.identity_until < $today THEN 'UNVERIFIED' WHEN p.practise_until < $today THEN 'IDENTITY'
  ELSE 'RIGHT_TO_PRACTISE' END AS value, count(*) AS total
