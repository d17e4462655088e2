// Lists texts that name people with @handle, with what they said before and their translations.
// params:  $ids :: LIST OF STRING
// returns: rows {handle, id, fields :: MAP of properties}
UNWIND $ids AS id
MATCH (who:Professional {id: id})<-[:NAMES]-(c)
CALL (c) {
  RETURN c AS text
  UNION
  MATCH (text:Revision|Translation)-[:OF]->(c)
  RETURN text
}
RETURN who.handle AS handle, text.id AS id,
  text {.title, .body, .topics, .topic_keys, .sources, .question, .age_band, .setting, .issuer, .poll, .join_url,
    .search_text} AS fields
