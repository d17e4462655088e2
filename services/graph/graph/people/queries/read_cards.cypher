// Reads people as they stand to one viewer.
// params:  $ids :: LIST OF STRING, $viewer, $now :: STRING
// returns: rows {id, snapshot, connected, co_member, blocked, outgoing, incoming}; nobody suspended but the viewer, and nobody
//          who has blocked the viewer
UNWIND $ids AS id
MATCH (p:Professional {id: id})
WHERE p.version > 0 AND (NOT p.suspended OR p.id = $viewer)
  AND NOT EXISTS { (p)-[:BLOCKS]->(:Professional {id: $viewer}) }
OPTIONAL MATCH (v:Professional {id: $viewer})
RETURN p.id AS id, p.snapshot AS snapshot,
  EXISTS { (v)-[:CONNECTED_TO]-(p) } AS connected,
  EXISTS { (v)-[:BLOCKS]->(p) } AS blocked,
  CASE WHEN p.shows_to_groups THEN EXISTS { (v)-[:MEMBER_OF]->(:Group)<-[:MEMBER_OF]-(p) } ELSE false END AS co_member,
  head([(v)-[asked:ASKED]->(p) WHERE asked.expires_at > $now |
    asked {.id, .message, .created_at, .expires_at}]) AS outgoing,
  head([(p)-[asked:ASKED]->(v) WHERE asked.expires_at > $now |
    asked {.id, .message, .created_at, .expires_at}]) AS incoming
