// Reads all that is stored about one person beside their profile.
// params:  $me :: STRING
// returns: at most one row, whose columns are lists
MATCH (p:Professional {id: $me})
RETURN
  [(p)-[c:CONNECTED_TO]-(o:Professional) | {professional: o.id, handle: o.handle, since: c.since}] AS connections,
  [(p)-[a:ASKED]->(o:Professional) | a {.*, to: o.id}] + [(p)<-[a:ASKED]-(o:Professional) | a {.*, from: o.id}]
    AS requests,
  [(p)-[d:DISMISSED]->(o:Professional) | {professional: o.id, at: d.at}] AS dismissed_suggestions,
  [(p)-[b:BLOCKS]->(o:Professional) | {professional: o.id, handle: o.handle, since: b.at}] AS blocks,
  [(p)-[m:MEMBER_OF]->(g:Group) | {group: g.id, name: g.name, role: m.role, joined_at: m.joined_at}] AS memberships,
  [(p)-[m:ASKED_TO_JOIN|INVITED_TO|BANNED_FROM]->(g:Group) | m {.created_at, .message, group: g.id, name: g.name, as: type(m)}]
    AS other_memberships,
  [(p)-[:WROTE]->(d:Discussion) | d {.id, .group_id, .kind, .state, .title, .body, .language, .topics, .question, .setting,
    .created_at, before: [(r:Revision)-[:OF]->(d) | r {.at, .title, .body}],
    translations: [(t:Translation)-[:OF]->(d) | t {.language, .title, .body}]}] AS discussions,
  [(p)-[:WROTE]->(t:Post) | t {.id, .discussion_id, .state, .body, .language, .created_at,
    before: [(r:Revision)-[:OF]->(t) | r {.at, .body}],
    translations: [(x:Translation)-[:OF]->(t) | x {.language, .body}]}] AS posts,
  [(p)-[v:VOTED]->(d:Discussion) | {discussion: d.id, option: v.option, at: v.at}] AS votes,
  [(p)-[r:REACTED]->(c) | {subject: c.id, reaction: r.kind, at: r.at}] AS reactions,
  [(p)-[a:ACKNOWLEDGED]->(d:Discussion) | {discussion: d.id, at: a.at}] AS acknowledgements,
  [(p)-[r:RATED]->(n:ContextNote) | {note: n.id, helpful: r.helpful, at: r.at}] AS ratings,
  COLLECT { MATCH (i:Introduction) WHERE i.from = $me AND i.created_at >= '' AND i.id >= ''
    RETURN i {.id, .to, .via, .message, .state, .created_at} } AS introductions,
  COLLECT { MATCH (n:ContextNote {author: $me}) RETURN n {.id, .subject, .body, .status, .created_at} } AS notes,
  COLLECT { MATCH (f:Flag {reporter: $me}) RETURN f {.id, .subject, .reason, .detail, .created_at} } AS reports,
  COLLECT { MATCH (d:Decision) WHERE d.author = $me AND d.decided_at >= '' AND d.id >= ''
    RETURN d {.id, .subject, .action, .facts, .clause, .decided_at} } AS decisions,
  COLLECT { MATCH (n:Notification) WHERE n.to = $me AND n.created_at >= '' AND n.id >= ''
    RETURN n {.id, .event, .subject_kind, .subject, .created_at, .read_at} } AS notifications
