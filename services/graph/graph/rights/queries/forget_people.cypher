// Takes erased people out of what stays as a record: reports, decisions and context notes.
// params:  $ids :: LIST OF STRING
// returns: nothing
// feed:    nothing: flags, decisions, notes, notifications and introductions are read from Neo4j
CALL () {
  MATCH (f:Flag) WHERE f.reporter IN $ids
  SET f.reporter = null, f.detail = null
}
CALL () {
  MATCH (f:Flag) WHERE f.author IN $ids
  SET f.author = 'erased'
}
CALL () {
  MATCH (d:Decision) WHERE d.author IN $ids AND d.decided_at >= '' AND d.id >= ''
  SET d.author = 'erased'
}
CALL () {
  MATCH (n:ContextNote) WHERE n.author IN $ids
  SET n.author = 'erased', n.body = null, n.status = 'REJECTED'
}
CALL () {
  MATCH (n:Notification) WHERE n.actor IN $ids
  DETACH DELETE n
}
CALL () {
  MATCH (i:Introduction) WHERE i.from IN $ids AND i.created_at >= '' AND i.id >= ''
  DETACH DELETE i
}
CALL () {
  MATCH (i:Introduction) WHERE i.via IN $ids AND i.created_at >= '' AND i.id >= ''
  DETACH DELETE i
}
CALL () {
  MATCH (i:Introduction) WHERE i.to IN $ids AND i.created_at >= '' AND i.id >= ''
  DETACH DELETE i
}
