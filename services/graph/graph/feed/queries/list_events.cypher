// Lists which discussions, posts and notifications were added or changed after a position, for the gateway's streams.
// params:  $after, $limit :: INTEGER
// returns: one row {epoch, position, last, discussions :: LIST OF {id, group, added}, posts :: LIST OF {id, discussion, added},
//          notifications :: LIST OF {id, to}}; `last`: the last entry that was read, null where there is none
MATCH (head:FeedHead {id: 'feed'})
WITH head.epoch AS epoch, head.position AS position,
  COLLECT { MATCH (e:FeedEntry) WHERE e.position > $after
    RETURN e {.position, .contents, .notifications} ORDER BY e.position LIMIT $limit } AS entries
RETURN epoch, position, last(entries).position AS last,
  COLLECT { UNWIND entries AS e UNWIND e.contents AS id MATCH (d:Discussion {id: id})
    RETURN DISTINCT {id: id, group: d.group_id, added: coalesce(d.added_position = e.position, false)} } AS discussions,
  COLLECT { UNWIND entries AS e UNWIND e.contents AS id MATCH (p:Post {id: id})
    RETURN DISTINCT {id: id, discussion: p.discussion_id, added: coalesce(p.added_position = e.position, false)} } AS posts,
  COLLECT { UNWIND entries AS e UNWIND e.notifications AS id MATCH (n:Notification {id: id})
    RETURN DISTINCT {id: id, to: n.to} } AS notifications
