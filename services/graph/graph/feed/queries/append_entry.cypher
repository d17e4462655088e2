// Appends one entry to the change feed: the last statement of a transaction, so that positions become visible in order.
// params:  $people, $erased, $groups, $contents, $added, $notifications :: LIST OF STRING
// returns: one row {position}
// feed:    nothing: this is the feed
MATCH (head:FeedHead {id: 'feed'})
SET head.locked = true  // takes the write lock, which holds until the commit
WITH head
SET head.position = head.position + 1
WITH head.position AS position
CREATE (:FeedEntry {position: position, at: timestamp(), people: $people, erased: $erased, groups: $groups,
  contents: $contents, added: $added, notifications: $notifications})
WITH position
CALL (position) {
  UNWIND $added AS id
  OPTIONAL MATCH (d:Discussion {id: id})
  OPTIONAL MATCH (p:Post {id: id})
  WITH position, coalesce(d, p) AS c
  WHERE c.added_position IS NULL AND c.state <> 'HELD'
  SET c.added_position = position
}
CALL (position) {
  UNWIND $notifications AS id
  MATCH (n:Notification {id: id})
  WHERE n.added_position IS NULL
  SET n.added_position = position
}
RETURN position
