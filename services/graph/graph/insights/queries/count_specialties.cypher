// Counts claimed professionals by the specialty that they practise.
// params:  none
// returns: rows {value, total}
MATCH (s:Specialty)
WHERE s.code >= ''
RETURN s.code AS value, COUNT { (s)<-[:PRACTISES]-(p:Professional) WHERE p.claimed AND NOT p.suspended } AS total
