// Lists the groups of some contents that are discussions.
// params:  $ids :: LIST OF STRING
// returns: rows {group}
UNWIND $ids AS id
MATCH (d:Discussion {id: id})
WHERE d.group_id IS NOT NULL
RETURN DISTINCT d.group_id AS group
