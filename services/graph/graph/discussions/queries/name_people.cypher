// Links contents to the people whom their texts name with @handle, also with a former one, and who host them, so that an erasure finds them.
// params:  $rows :: LIST OF MAP {id, handles, people :: LIST OF STRING}
// returns: nothing
// feed:    nothing: the content is changed beside it
UNWIND $rows AS row
OPTIONAL MATCH (d:Discussion {id: row.id})
OPTIONAL MATCH (p:Post {id: row.id})
WITH row, coalesce(d, p) AS c
WHERE c IS NOT NULL
CALL (row) {
  UNWIND row.handles AS handle
  MATCH (who:Professional {handle: handle})
  RETURN who
  UNION
  UNWIND row.handles AS handle
  MATCH (:FormerHandle {handle: handle})-[:LEADS_TO]->(who:Professional)
  RETURN who
  UNION
  UNWIND row.people AS id
  MATCH (who:Professional {id: id})
  RETURN who
}
WITH c, who ORDER BY who.id  // so that two that name the same people take their locks in one order
MERGE (c)-[:NAMES]->(who)
