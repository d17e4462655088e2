// Reads discussions, and whether their authors and the viewer have blocked one another.
// params:  $ids :: LIST OF STRING, $viewer :: STRING, $properties :: PROPERTIES
// returns: rows {discussion :: LIST of the values of $properties, blocked}
UNWIND $ids AS id
MATCH (d:Discussion {id: id})
RETURN [name IN $properties | d[name]] AS discussion,
  EXISTS { (:Professional {id: d.author_id})-[:BLOCKS]-(:Professional {id: $viewer}) } AS blocked
