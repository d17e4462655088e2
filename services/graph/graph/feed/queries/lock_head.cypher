// Takes the feed's lock, which the last commit holds until everything of it can be read, indexes too.
// params:  none
// returns: nothing
// feed:    nothing: the transaction is rolled back
MATCH (head:FeedHead {id: 'feed'})
SET head.locked = true
