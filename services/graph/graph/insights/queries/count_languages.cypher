// Counts claimed professionals by language.
// params:  none
// returns: rows {value, total}
MATCH (p:Professional)
WHERE p.sort_name >= '' AND p.id >= '' AND p.claimed AND NOT p.suspended
UNWIND p.language_keys AS value
RETURN value, count(*) AS total
