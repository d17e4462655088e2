// Reads all that is stored about one person beside their profile.
// params:  $me :: STRING
// returns: at most one row, whose columns are lists of {found :: MAP of properties, beside :: MAP}; `rights/holdings.py` says which
//          properties of `found` the archive holds
MATCH (p:Professional {id: $me})
RETURN
  [(p)-[c:CONNECTED_TO]-(o:Professional) | {found: c {.*}, beside: {professional: o.id, handle: o.handle}}] AS connections,
  [(p)-[a:ASKED]->(o:Professional) | {found: a {.*}, beside: {to: o.id}}]
    + [(p)<-[a:ASKED]-(o:Professional) | {found: a {.*}, beside: {from: o.id}}] AS requests,
  [(p)-[d:DISMISSED]->(o:Professional) | {found: d {.*}, beside: {professional: o.id}}] AS dismissed_suggestions,
  [(p)-[b:BLOCKS]->(o:Professional) | {found: b {.*}, beside: {professional: o.id, handle: o.handle}}] AS blocks,
  [(p)-[m:MEMBER_OF]->(g:Group) | {found: m {.*}, beside: {group: g.id, name: g.name}}] AS memberships,
  [(p)-[m:ASKED_TO_JOIN|INVITED_TO|BANNED_FROM|SUSPENDED_IN]->(g:Group)
    | {found: m {.*}, beside: {group: g.id, name: g.name, as: type(m)}}] AS other_memberships,
  [(p)-[:WROTE]->(d:Discussion) | {found: d {.*}, beside: {
    before: [(r:Revision)-[:OF]->(d) | r {.at, .title, .body}],
    translations: [(t:Translation)-[:OF]->(d) | t {.language, .title, .body}]}}] AS discussions,
  [(p)-[:WROTE]->(t:Post) | {found: t {.*}, beside: {
    before: [(r:Revision)-[:OF]->(t) | r {.at, .body}],
    translations: [(x:Translation)-[:OF]->(t) | x {.language, .body}]}}] AS posts,
  [(p)-[v:VOTED]->(d:Discussion) | {found: v {.*}, beside: {discussion: d.id}}] AS votes,
  [(p)-[r:REACTED]->(c) | {found: r {.*}, beside: {subject: c.id}}] AS reactions,
  [(p)-[a:ACKNOWLEDGED]->(d:Discussion) | {found: a {.*}, beside: {discussion: d.id}}] AS acknowledgements,
  [(p)-[r:RATED]->(n:ContextNote) | {found: r {.*}, beside: {note: n.id}}] AS ratings,
  COLLECT { MATCH (i:Introduction) WHERE i.from = $me AND i.created_at >= '' AND i.id >= ''
    RETURN {found: i {.*}, beside: {}} UNION ALL
    MATCH (i:Introduction) WHERE i.via = $me AND i.created_at >= '' AND i.id >= ''
    RETURN {found: i {.*}, beside: {}} UNION ALL
    MATCH (i:Introduction) WHERE i.to = $me AND i.created_at >= '' AND i.id >= '' AND i.state = 'FORWARDED'
    RETURN {found: i {.*}, beside: {}} } AS introductions,
  COLLECT { MATCH (n:ContextNote {author: $me}) RETURN {found: n {.*}, beside: {}} } AS notes,
  COLLECT { MATCH (f:Flag {reporter: $me}) RETURN {found: f {.*}, beside: {}} } AS reports,
  COLLECT { MATCH (f:Flag {appealed_by: $me}) RETURN {found: f {.*}, beside: {subject: f.subject, decision: f.decision}} } AS appeals,
  COLLECT { MATCH (d:Decision) WHERE d.author = $me AND d.decided_at >= '' AND d.id >= ''
    RETURN {found: d {.*}, beside: {}} } AS decisions,
  COLLECT { MATCH (n:Notification) WHERE n.to = $me AND n.created_at >= '' AND n.id >= ''
    RETURN {found: n {.*}, beside: {}} } AS notifications
