// Counts connections within a country and across borders, among some of them.
// params:  $most :: INTEGER
// returns: rows {value, total}
MATCH (a:Professional)-[:CONNECTED_TO]->(b:Professional)
WHERE a.sort_name >= '' AND a.id >= ''
WITH a, b LIMIT $most
WITH CASE WHEN any(place IN a.places WHERE size(place) = 2 AND place IN b.places) THEN 'SAME_COUNTRY' ELSE 'CROSS_BORDER' END AS value
RETURN value, count(*) AS total
