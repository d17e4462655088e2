CREATE CONSTRAINT feed_head IF NOT EXISTS FOR (h:FeedHead) REQUIRE h.id IS UNIQUE;
CREATE CONSTRAINT feed_entry IF NOT EXISTS FOR (e:FeedEntry) REQUIRE e.position IS UNIQUE;
CREATE INDEX feed_entry_oldest IF NOT EXISTS FOR (e:FeedEntry) ON (e.at);
CREATE CONSTRAINT feed_host IF NOT EXISTS FOR (h:FeedHost) REQUIRE h.id IS UNIQUE;
CREATE INDEX feed_host_seen IF NOT EXISTS FOR (h:FeedHost) ON (h.seen_at);
CREATE INDEX discussion_added IF NOT EXISTS FOR (d:Discussion) ON (d.group_id, d.added_position);
CREATE INDEX post_added IF NOT EXISTS FOR (p:Post) ON (p.discussion_id, p.added_position);
CREATE INDEX notification_added IF NOT EXISTS FOR (n:Notification) ON (n.to, n.added_position);
