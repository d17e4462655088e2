// Changes a group's properties under its lock, and counts its version up.
// params:  $group :: STRING, $fields :: MAP of properties
// returns: nothing
// feed:    group $group
MATCH (g:Group {id: $group})
SET g += $fields, g.version = g.version + 1
