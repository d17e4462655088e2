// Reads all that people are found by, for the index; walks every person once.
// params:  none
// returns: rows {id, node, properties, unread_snapshot, practised, licensed, connections, groups, blocks}, links by node
MATCH (p:Professional)
RETURN p.id AS id, id(p) AS node,
  p {.version, .suspended, .unconfirmed, .claimed, .sort_name, .search_text, .dated_names, .places, .languages, .language_keys, .interests, .institutions, .profession, .practice_status,
    .identity_until, .practise_until, .joined_at, .changed_at, .connections_audience, .groups_audience, .shows_to_groups} AS properties,
  // Of people who were projected before institutions were a property; most of them name none.
  CASE WHEN p.institutions IS NULL AND NOT p.snapshot CONTAINS '"institutions":[]' THEN p.snapshot END AS unread_snapshot,
  [(p)-[x:PRACTISES]->(s:Specialty) | [s.code, x.verified_until]] AS practised,
  [(p)-[x:LICENSED_IN]->(r:Region) | [r.code, x.until]] AS licensed,
  [(p)-[:CONNECTED_TO]->(o) | id(o)] AS connections,
  [(p)-[:MEMBER_OF]->(g) | id(g)] AS groups,
  [(p)-[:BLOCKS]->(o) | id(o)] AS blocks
