// Counts claimed professionals by the country where they practise.
// params:  none
// returns: rows {value, total}
MATCH (r:Region)
WHERE r.code >= '' AND size(r.code) = 2
RETURN r.code AS value, COUNT { (r)<-[:WORKS_IN]-(p:Professional) WHERE p.claimed AND NOT p.suspended } AS total
