// Reads all that is stored about one person beside their profile.
// params:  $me :: STRING
// returns: at most one row {connections, requests, memberships, discussions, posts}
MATCH (p:Professional {id: $me})
RETURN
  [(p)-[c:CONNECTED_TO]-(o:Professional) | {professional: o.id, handle: o.handle, since: c.since}] AS connections,
  [(p)-[a:ASKED]->(o:Professional) | a {.*, to: o.id}] + [(p)<-[a:ASKED]-(o:Professional) | a {.*, from: o.id}]
    AS requests,
  [(p)-[m:MEMBER_OF]->(g:Group) | {group: g.id, name: g.name, role: m.role, joined_at: m.joined_at}] AS memberships,
  [(p)-[:WROTE]->(d:Discussion) | d {.id, .group_id, .kind, .title, .body, .language, .topics, .created_at}]
    AS discussions,
  [(p)-[:WROTE]->(t:Post) | t {.id, .discussion_id, .body, .language, .created_at}] AS posts
