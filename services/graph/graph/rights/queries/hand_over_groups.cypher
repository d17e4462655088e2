// Hands the groups that people own alone to the longest-standing moderator, or else member.
// params:  $ids :: LIST OF STRING
// returns: rows {heir}
// feed:    person =heir
UNWIND $ids AS id
MATCH (:Professional {id: id})-[:MEMBER_OF {role: 'OWNER'}]->(g:Group)
WHERE NOT EXISTS { MATCH (other:Professional)-[:MEMBER_OF {role: 'OWNER'}]->(g) WHERE NOT other.id IN $ids }
CALL (g) {
  MATCH (heir:Professional)-[m:MEMBER_OF]->(g)
  WHERE NOT heir.id IN $ids
  WITH heir, m ORDER BY CASE m.role WHEN 'MODERATOR' THEN 0 ELSE 1 END, m.joined_at LIMIT 1
  SET m.role = 'OWNER', heir.changed_at = timestamp()
  RETURN heir.id AS heir
}
RETURN heir
