// Sets properties of discussions, posts, revisions and translations.
// params:  $rows :: LIST OF MAP {id, fields :: MAP of properties}
// returns: nothing
// feed:    nothing: forget_names tells of these contents
UNWIND $rows AS row
OPTIONAL MATCH (d:Discussion {id: row.id})
OPTIONAL MATCH (p:Post {id: row.id})
OPTIONAL MATCH (r:Revision {id: row.id})
OPTIONAL MATCH (t:Translation {id: row.id})
WITH row, coalesce(d, p, r, t) AS text
WHERE text IS NOT NULL
SET text += row.fields
