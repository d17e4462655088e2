// Finds people by handle, also by one that they had before.
// params:  $handles :: LIST OF STRING
// returns: rows {id, handle :: the one that was asked for}
UNWIND $handles AS handle
OPTIONAL MATCH (present:Professional {handle: handle})
OPTIONAL MATCH (:FormerHandle {handle: handle})-[:LEADS_TO]->(former:Professional)
WITH handle, coalesce(present, former) AS p
WHERE p IS NOT NULL
RETURN p.id AS id, handle
