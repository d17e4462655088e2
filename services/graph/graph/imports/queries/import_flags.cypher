// Adds reports to the moderators; one that exists stays as it is.
// params:  $rows :: LIST OF {flag :: MAP of properties}, $run :: STRING
// returns: one row {stored, found}
// feed:    nothing: flags are read from Neo4j
UNWIND $rows AS row
MERGE (f:Flag {id: row.flag.id})
ON CREATE SET f = row.flag, f.import = $run
RETURN count(f) AS found, sum(CASE WHEN f.import = $run THEN 1 ELSE 0 END) AS stored
