// Finds people by the words of their name, headline and institutions; the 50,000 best hits are looked at.
// params:  $lucene :: STRING (escaped), $words :: LIST OF STRING (folded), $limit :: INTEGER
// returns: rows {id}
CALL db.index.fulltext.queryNodes('professional_text', $lucene, {limit: $limit}) YIELD node AS p
WHERE all(word IN $words WHERE p.search_text STARTS WITH word OR p.search_text CONTAINS (' ' + word))
RETURN p.id AS id
