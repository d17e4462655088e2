// Notes that the processes of a host read the network, under the feed's lock, so that of two hosts at least one sees the other.
// params:  $host :: STRING
// returns: one row {hosts}, how many others there are
// feed:    nothing: it changes nothing that is cached
MATCH (head:FeedHead {id: 'feed'})
SET head.locked = true
WITH head
MERGE (own:FeedHost {id: $host})
SET own.seen_at = timestamp()
RETURN COUNT { MATCH (h:FeedHost) WHERE h.seen_at > timestamp() - 30000 AND h.id <> $host } AS hosts
