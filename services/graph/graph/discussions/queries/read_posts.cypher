// Reads posts by id, and whether their authors and the viewer have blocked one another.
// params:  $ids :: LIST OF STRING, $viewer :: STRING, $properties :: PROPERTIES
// returns: rows {post :: MAP {values :: LIST of those of $properties, blocked}}
UNWIND $ids AS id
MATCH (p:Post {id: id})
RETURN {values: [name IN $properties | p[name]],
    blocked: EXISTS { (:Professional {id: p.author_id})-[:BLOCKS]-(:Professional {id: $viewer}) }} AS post
