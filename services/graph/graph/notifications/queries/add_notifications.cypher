// Adds notifications; repeating is harmless. Nobody hears of somebody with whom there is a block, or of themselves.
// params:  $rows :: LIST OF MAP {id, to, event, outcome, actor, subject_kind, subject, group, created_at};
//          the outcome may be absent
// returns: nothing
// feed:    notification $rows[].id
UNWIND $rows AS row
WITH row WHERE row.actor IS NULL OR (row.actor <> row.to
  AND NOT EXISTS { (:Professional {id: row.to})-[:BLOCKS]-(:Professional {id: row.actor}) })
MERGE (n:Notification {id: row.id})
ON CREATE SET n += row
