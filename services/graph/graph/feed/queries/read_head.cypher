// Reads where the change feed stands.
// params:  none
// returns: one row {epoch, position}
MATCH (head:FeedHead {id: 'feed'})
RETURN head.epoch AS epoch, head.position AS position
