// Lists whom not to suggest to the viewer: asked, asking, or dismissed for good.
// params:  $viewer :: STRING
// returns: rows {id}
MATCH (v:Professional {id: $viewer})
MATCH (v)-[link:ASKED|DISMISSED]-(p:Professional)
WHERE type(link) = 'ASKED' OR startNode(link) = v
RETURN DISTINCT p.id AS id
