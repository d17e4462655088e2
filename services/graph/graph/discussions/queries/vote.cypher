// Gives or moves a person's one vote in a poll, under the discussion's lock.
// params:  $discussion, $me, $option, $now :: STRING
// returns: nothing
// feed:    content $discussion
MATCH (d:Discussion {id: $discussion})
MERGE (me:Professional {id: $me})
MERGE (me)-[v:VOTED]->(d)
SET v.option = $option, v.at = $now, d.changed_at = $now
