// Reads all that some people are found by, after they changed.
// params:  $ids :: LIST OF STRING
// returns: rows {id, properties, unread_snapshot, practised, licensed, connections, groups, blocks}; who was erased is not there
UNWIND $ids AS id
MATCH (p:Professional {id: id})
RETURN p.id AS id,
  p {.version, .suspended, .unconfirmed, .claimed, .sort_name, .search_text, .dated_names, .places, .languages, .language_keys, .interests, .institutions, .profession, .practice_status,
    .identity_until, .practise_until, .joined_at, .changed_at, .connections_audience, .groups_audience, .shows_to_groups} AS properties,
  CASE WHEN p.institutions IS NULL AND NOT p.snapshot CONTAINS '"institutions":[]' THEN p.snapshot END AS unread_snapshot,
  [(p)-[x:PRACTISES]->(s:Specialty) | [s.code, x.verified_until]] AS practised,
  [(p)-[x:LICENSED_IN]->(r:Region) | [r.code, x.until]] AS licensed,
  [(p)-[:CONNECTED_TO]-(o:Professional) | o.id] AS connections,
  [(p)-[:MEMBER_OF]->(g:Group) | g.id] AS groups,
  [(p)-[:BLOCKS]->(o:Professional) | o.id] AS blocks
