// Lists the countries where the members of groups practise.
// params:  $ids :: LIST OF STRING
// returns: rows {id, countries}
UNWIND $ids AS id
MATCH (g:Group {id: id})
CALL (g) {
  MATCH (g)<-[:MEMBER_OF]-(p:Professional)
  WHERE p.version > 0 AND NOT p.suspended
  UNWIND p.places AS place
  WITH DISTINCT place WHERE size(place) = 2
  RETURN collect(place) AS countries
}
RETURN id, countries
