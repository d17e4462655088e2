// Tells whether a moderator is party to a flag: by a report of the same text or thread, or one about its author that waits.
// params:  $id, $me :: STRING, $waiting :: LIST OF STRING
// returns: one row {party}
MATCH (f:Flag {id: $id})
OPTIONAL MATCH (p:Post {id: f.subject})
WITH f, coalesce(p.discussion_id, f.subject) AS thread
OPTIONAL MATCH (own:Flag {reporter: $me})
WHERE own.id <> f.id AND (own.subject = f.subject OR own.author = f.author)
OPTIONAL MATCH (q:Post {id: own.subject})
WITH f, thread, own, coalesce(q.discussion_id, own.subject) AS its
RETURN count(CASE WHEN own.subject = f.subject OR its = thread OR own.status IN $waiting THEN 1 END) > 0 AS party
