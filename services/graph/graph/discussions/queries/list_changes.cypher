// Lists what has changed since a moment: discussions, posts and notifications, at most 5,000 of each.
// params:  $since :: STRING
// returns: one row {discussions :: LIST OF {id, at, group}, posts :: LIST OF {id, at, discussion, fresh}, notifications ::
//          LIST OF {id, at, to}}; `fresh`: it is new
RETURN
  COLLECT { MATCH (d:Discussion) WHERE d.changed_at > $since RETURN {id: d.id, at: d.changed_at, group: d.group_id}
    LIMIT 5000 } AS discussions,
  COLLECT { MATCH (p:Post) WHERE p.changed_at > $since RETURN {id: p.id, at: p.changed_at, discussion: p.discussion_id,
    fresh: p.changed_at = p.created_at} LIMIT 5000 } AS posts,
  COLLECT { MATCH (n:Notification) WHERE n.created_at > $since RETURN {id: n.id, at: n.created_at, to: n.to}
    LIMIT 5000 } AS notifications
