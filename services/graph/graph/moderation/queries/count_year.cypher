// Counts a year's flags by reason and origin, and its decisions by action.
// params:  $from, $to :: STRING
// returns: one row {flags, decisions, appeals}
RETURN
  COLLECT { MATCH (f:Flag) WHERE f.created_at >= $from AND f.created_at < $to
    WITH f.reason AS reason, f.origin AS origin, count(*) AS total RETURN {reason: reason, origin: origin, total: total}
    ORDER BY reason, origin } AS flags,
  COLLECT { MATCH (d:Decision) WHERE d.decided_at >= $from AND d.decided_at < $to
    WITH d.action AS action, d.automated_detection AS automated, count(*) AS total
    RETURN {action: action, automated: automated, total: total} ORDER BY action, automated } AS decisions,
  COUNT { MATCH (d:Decision) WHERE d.decided_at >= $from AND d.decided_at < $to AND d.appealed } AS appeals
