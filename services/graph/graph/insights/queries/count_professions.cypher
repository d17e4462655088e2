// Counts claimed professionals by profession.
// params:  none
// returns: rows {value, total}
MATCH (p:Professional)
WHERE p.sort_name >= '' AND p.id >= '' AND p.claimed AND NOT p.suspended AND p.profession IS NOT NULL
RETURN p.profession AS value, count(*) AS total
