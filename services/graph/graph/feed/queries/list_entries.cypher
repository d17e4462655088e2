// Reads where the change feed stands, and its entries after a position.
// params:  $after, $limit :: INTEGER, $host :: STRING (the reader's own)
// returns: one row {epoch, position, hosts, entries}; `hosts`: how many other hosts have written or read in the last 30 s
MATCH (head:FeedHead {id: 'feed'})
RETURN head.epoch AS epoch, head.position AS position,
  COUNT { MATCH (h:FeedHost) WHERE h.seen_at > timestamp() - 30000 AND h.id <> $host } AS hosts,
  COLLECT { MATCH (e:FeedEntry) WHERE e.position > $after
    RETURN e {.position, .people, .erased, .groups, .contents} ORDER BY e.position LIMIT $limit } AS entries
