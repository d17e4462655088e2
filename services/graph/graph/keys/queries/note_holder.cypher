// Notes that a process is there and which key it encrypts with; those not seen for long are forgotten.
// params:  $process, $service, $fingerprint, $now, $forget_before :: STRING, $key_id :: INTEGER
// returns: nothing
// feed:    nothing: keys are read from Neo4j
MERGE (holder:KeyHolder {id: $process})
SET holder.service = $service, holder.key_id = $key_id, holder.fingerprint = $fingerprint, holder.seen_at = $now
WITH holder
CALL () {
  MATCH (old:KeyHolder)
  WHERE old.seen_at < $forget_before
  DELETE old
}
