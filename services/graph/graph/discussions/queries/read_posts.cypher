// Reads posts by id, and whether their authors and the viewer have blocked one another.
// params:  $ids :: LIST OF STRING, $viewer :: STRING
// returns: rows {post}
UNWIND $ids AS id
MATCH (p:Post {id: id})
RETURN p {.id, .discussion_id, .state, .body, .language, .created_at, .edited_at, .version, .in_reply_to,
    .author_id, .mentions, .sources, .labels, .held,
    blocked: EXISTS { (:Professional {id: p.author_id})-[:BLOCKS]-(:Professional {id: $viewer}) }} AS post
