// Tells whether a post stands in a discussion.
// params:  $discussion, $post :: STRING
// returns: one row {there :: BOOLEAN}
RETURN EXISTS { (:Post {id: $post})-[:ON]->(:Discussion {id: $discussion}) } AS there
