// Lists the context notes on several things: those shown, and the viewer's own; to who rates also those proposed.
// params:  $subjects :: LIST OF STRING, $viewer :: STRING, $rates :: BOOLEAN
// returns: rows {note}
UNWIND $subjects AS subject
CALL (subject) {
  MATCH (n:ContextNote {subject: subject})
  WHERE n.status = 'SHOWN' OR n.author = $viewer OR ($rates AND n.status = 'PROPOSED')
  RETURN n ORDER BY n.created_at, n.id LIMIT 20
}
RETURN n {.*} AS note
