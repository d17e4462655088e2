// Records that a person asks to join; repeating is harmless.
// params:  $group, $me, $message, $now :: STRING
// returns: nothing
// feed:    person $me
MATCH (g:Group {id: $group}), (me:Professional {id: $me})
MERGE (me)-[asked:ASKED_TO_JOIN]->(g)
ON CREATE SET asked.message = $message, asked.created_at = $now
SET me.changed_at = timestamp()
