// Takes erased people out of what stays as a record: reports, decisions, appeals, invitations and bans; deletes their notes.
// params:  $ids :: LIST OF STRING
// returns: nothing
// feed:    nothing: flags, decisions, notes, notifications and introductions are read from Neo4j
CALL () {
  // Whom they told of what: their reports, and them among those who are told of a decision.
  MATCH (f:Flag) WHERE f.reporter IN $ids
  CALL (f) {
    MATCH (d:Decision {id: f.decision})
    RETURN d
    UNION
    MATCH (d:Decision {flag: f.id})
    RETURN d
  }
  SET d.reporters = [id IN coalesce(d.reporters, []) WHERE NOT id IN $ids]
}
CALL () {
  MATCH (f:Flag) WHERE f.reporter IN $ids
  SET f.reporter = null, f.detail = null
}
CALL () {
  MATCH (f:Flag) WHERE f.appealed_by IN $ids
  SET f.appealed_by = null, f.appeal_statement = null
}
CALL () {
  // What others told of them, and asked about them.
  MATCH (f:Flag) WHERE f.author IN $ids
  SET f.author = 'erased', f.detail = null, f.appealed_by = null, f.appeal_statement = null
}
CALL () {
  MATCH (f:Flag) WHERE f.status = 'TAKEN' AND f.created_at >= '' AND f.id >= '' AND f.taken_by IN $ids
  SET f.taken_by = null, f.lease_until = null
}
CALL () {
  MATCH (d:Decision) WHERE d.author IN $ids AND d.decided_at >= '' AND d.id >= ''
  SET d.author = 'erased', d.facts = '', d.clause = ''
}
CALL () {
  // What they decided stays, for whom it concerns.
  MATCH (d:Decision) WHERE d.decided_by IN $ids
  SET d.decided_by = 'erased'
  WITH d
  MATCH (f:Flag {id: d.flag})
  SET f.decided_by = [id IN coalesce(f.decided_by, []) | CASE WHEN id IN $ids THEN 'erased' ELSE id END]
}
CALL () {
  MATCH (n:ContextNote) WHERE n.author IN $ids
  DETACH DELETE n
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
CALL () {
  MATCH ()-[b:BANNED_FROM]->() WHERE b.by IN $ids
  SET b.by = 'erased'
}
CALL () {
  MATCH ()-[i:INVITED_TO]->() WHERE i.by IN $ids
  SET i.by = 'erased'
}
CALL () {
  MATCH (a:AuditEvent) WHERE a.actor IN $ids
  SET a.actor = 'person:unknown'
}
