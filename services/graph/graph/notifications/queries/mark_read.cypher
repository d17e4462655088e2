// Marks a person's notifications as read, up to one and with it.
// params:  $me, $up_to, $now :: STRING
// returns: one row {known :: BOOLEAN}, whether that one is theirs
// feed:    nothing: notifications are read from Neo4j
OPTIONAL MATCH (upto:Notification {id: $up_to}) WHERE upto.to = $me
CALL (upto) {
  MATCH (n:Notification)
  WHERE n.to = $me AND n.created_at <= upto.created_at AND n.id >= '' AND n.read_at IS NULL
  SET n.read_at = $now
}
WITH upto
OPTIONAL MATCH (me:Professional {id: $me})
SET me.notified_until = CASE WHEN coalesce(me.notified_until, '') > upto.created_at THEN me.notified_until ELSE upto.created_at END
RETURN upto IS NOT NULL AS known
