// Adds a translation of a discussion or post, or replaces the one in that language, under its lock.
// params:  $id :: STRING, $translation :: MAP {id, language, title, body, author_id, at}
// returns: one row {total}, how many there are
// feed:    content $id
OPTIONAL MATCH (d:Discussion {id: $id})
OPTIONAL MATCH (p:Post {id: $id})
WITH coalesce(d, p) AS c
OPTIONAL MATCH (old:Translation {language: $translation.language})-[:OF]->(c)
DETACH DELETE old
WITH DISTINCT c
CREATE (t:Translation)-[:OF]->(c)
SET t = $translation, c.changed_at = $translation.at
WITH c
RETURN COUNT { (:Translation)-[:OF]->(c) } AS total
