// Lists who made the decisions that are appealed about the text of a flag, and when.
// params:  $id :: STRING, $waiting :: LIST OF STRING
// returns: rows {by, at}
MATCH (f:Flag {id: $id})
MATCH (appealed:Flag {subject: f.subject})
WHERE appealed.status IN $waiting AND appealed.decided_by IS NOT NULL
MATCH (d:Decision {id: appealed.decision})
RETURN DISTINCT d.decided_by AS by, d.decided_at AS at LIMIT 20
