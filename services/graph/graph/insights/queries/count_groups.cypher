// Counts groups whose members practise in one country, and in several.
// params:  none
// returns: rows {value, total}
MATCH (g:Group)
WHERE g.sort_name >= '' AND g.id >= ''
WITH g, size(COLLECT { MATCH (g)<-[:MEMBER_OF]-(p:Professional) UNWIND p.places AS place WITH DISTINCT place
  WHERE size(place) = 2 RETURN place LIMIT 2 }) AS countries
RETURN CASE WHEN countries > 1 THEN 'CROSS_BORDER' ELSE 'SAME_COUNTRY' END AS value, count(*) AS total
