CREATE CONSTRAINT notification_id IF NOT EXISTS FOR (n:Notification) REQUIRE n.id IS UNIQUE;
CREATE INDEX notification_newest IF NOT EXISTS FOR (n:Notification) ON (n.to, n.created_at, n.id);
CREATE INDEX notification_live IF NOT EXISTS FOR (n:Notification) ON (n.created_at);
