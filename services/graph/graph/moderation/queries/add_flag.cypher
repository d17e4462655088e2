// Adds a flag, unless the same person's flag on the same thing is open already.
// params:  $flag :: MAP of properties
// returns: one row {id}, of the flag that is open
// feed:    nothing: flags are read from Neo4j
OPTIONAL MATCH (old:Flag {subject: $flag.subject})
WHERE old.status IN ['OPEN', 'TAKEN'] AND old.origin = $flag.origin AND coalesce(old.reporter, '') = coalesce($flag.reporter, '')
WITH collect(old.id) AS open
CALL (open) {
  WITH open WHERE open = []
  CREATE (f:Flag)
  SET f = $flag
}
RETURN coalesce(head(open), $flag.id) AS id
