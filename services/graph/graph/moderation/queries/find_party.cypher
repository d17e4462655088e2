// Tells whether a moderator is party to a flag by reports of their own, or by a decision of theirs that is appealed.
// params:  $id, $me :: STRING, $waiting :: LIST OF STRING
// A report counts of the same text or thread, or about its author while it waits; a decision about the same text.
// returns: one row {party}
MATCH (f:Flag {id: $id})
OPTIONAL MATCH (appealed:Flag {subject: f.subject})
WHERE appealed.appeal_statement IS NOT NULL AND appealed.status IN $waiting AND $me IN coalesce(appealed.decided_by, [])
WITH f, count(appealed) AS appeals
OPTIONAL MATCH (p:Post {id: f.subject})
WITH f, appeals, coalesce(p.discussion_id, f.subject) AS thread
OPTIONAL MATCH (own:Flag {reporter: $me})
WHERE own.id <> f.id AND (own.subject = f.subject OR own.author = f.author)
OPTIONAL MATCH (q:Post {id: own.subject})
WITH f, appeals, thread, own, coalesce(q.discussion_id, own.subject) AS its
WITH appeals, count(CASE WHEN own.subject = f.subject OR its = thread OR own.status IN $waiting THEN 1 END) AS reports
RETURN appeals + reports > 0 AS party
