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
  UNWIND $contents AS id
  OPTIONAL MATCH (d:Discussion {id: id})
  OPTIONAL MATCH (p:Post {id: id})
  WITH position, id IN $added AS added, coalesce(d, p) AS c
  WHERE c IS NOT NULL
  FOREACH (new IN CASE WHEN added AND c.added_position IS NULL AND c.state <> 'HELD' THEN [c] ELSE [] END |
    SET new.added_position = position
  )
  // One that is new and held is neither added nor changed for anybody yet.
  FOREACH (old IN CASE WHEN added AND (c.added_position = position OR c.state = 'HELD') THEN [] ELSE [c] END |
    SET old.changed_position = position
  )
}
CALL (position) {
  UNWIND $notifications AS id
  MATCH (n:Notification {id: id})
  WHERE n.added_position IS NULL
  SET n.added_position = position
}
RETURN position
