CREATE INDEX notification_actor IF NOT EXISTS FOR (n:Notification) ON (n.actor);
