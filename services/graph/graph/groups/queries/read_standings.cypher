// Reads how a person stands to groups: every link to one of them.
// params:  $viewer :: STRING, $snapshot :: BOOLEAN (whether a policy asks for it)
// returns: at most one row {links :: LIST OF {group, kind, role, joined_at, until}, snapshot}
MATCH (v:Professional {id: $viewer})
RETURN COLLECT {
    MATCH (v)-[m:MEMBER_OF|BANNED_FROM|INVITED_TO|ASKED_TO_JOIN|SUSPENDED_IN]->(g:Group)
    RETURN {group: g.id, kind: type(m), role: m.role, joined_at: m.joined_at, until: m.until}
  } AS links, CASE WHEN $snapshot THEN v.snapshot END AS snapshot
