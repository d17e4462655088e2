// Tells which ids exist, so that a row that names another can be refused with a reason.
// params:  $people, $groups, $discussions, $posts :: LIST OF STRING
// returns: one row {people, groups, discussions, posts}: those that exist
RETURN
  COLLECT { UNWIND $people AS id MATCH (p:Professional {id: id}) RETURN p.id } AS people,
  COLLECT { UNWIND $groups AS id MATCH (g:Group {id: id}) RETURN g.id } AS groups,
  COLLECT { UNWIND $discussions AS id MATCH (d:Discussion {id: id}) RETURN d.id } AS discussions,
  COLLECT { UNWIND $posts AS id MATCH (p:Post {id: id}) RETURN p.id } AS posts
