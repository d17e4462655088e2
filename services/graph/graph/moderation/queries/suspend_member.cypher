// Suspends a person's membership of a group until a moment; it holds when they leave and join again.
// params:  $group, $person, $until :: STRING
// returns: nothing
// feed:    person $person
MATCH (g:Group {id: $group}), (p:Professional {id: $person})
MERGE (p)-[s:SUSPENDED_IN]->(g)
SET s.until = $until, p.changed_at = timestamp()
