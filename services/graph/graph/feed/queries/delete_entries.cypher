// Deletes entries of the change feed, and hosts, that are older than a day, some at a time.
// params:  $limit :: INTEGER
// returns: one row {deleted :: INTEGER}
// feed:    nothing: every reader has followed them, or reads everything again
MATCH (e:FeedEntry)
WHERE e.at < timestamp() - 86400000
WITH e LIMIT $limit
DELETE e
WITH count(*) AS deleted
CALL () {
  MATCH (h:FeedHost) WHERE h.seen_at < timestamp() - 86400000
  DELETE h
}
RETURN deleted
