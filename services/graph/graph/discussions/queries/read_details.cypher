// Reads what stands beside discussions or posts: translations, reactions, votes, context notes.
// params:  $ids :: LIST OF STRING, $viewer :: STRING
// returns: rows {id, translations, reactions, votes, voted, acknowledged_at}
UNWIND $ids AS id
OPTIONAL MATCH (d:Discussion {id: id})
OPTIONAL MATCH (p:Post {id: id})
WITH id, coalesce(d, p) AS c
WHERE c IS NOT NULL
RETURN id,
  COLLECT { MATCH (t:Translation)-[:OF]->(c) RETURN t {.language, .title, .body, .author_id} ORDER BY t.language } AS translations,
  COLLECT { MATCH (c)<-[r:REACTED]-(who:Professional) WITH r.kind AS kind, count(*) AS total, sum(CASE WHEN who.id = $viewer
    THEN 1 ELSE 0 END) AS own RETURN {kind: kind, total: total, own: own > 0} ORDER BY kind } AS reactions,
  COLLECT { MATCH (c)<-[v:VOTED]-() WITH v.option AS option, count(*) AS total RETURN {option: option, total: total} } AS votes,
  head([(:Professional {id: $viewer})-[v:VOTED]->(c) | v.option]) AS voted,
  head([(:Professional {id: $viewer})-[a:ACKNOWLEDGED]->(c) | a.at]) AS acknowledged_at
