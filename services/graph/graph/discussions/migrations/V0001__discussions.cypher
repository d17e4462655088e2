CREATE CONSTRAINT discussion_id IF NOT EXISTS FOR (d:Discussion) REQUIRE d.id IS UNIQUE;
CREATE CONSTRAINT post_id IF NOT EXISTS FOR (p:Post) REQUIRE p.id IS UNIQUE;
CREATE INDEX discussion_newest IF NOT EXISTS FOR (d:Discussion) ON (d.group_id, d.created_at, d.id);
CREATE INDEX post_oldest IF NOT EXISTS FOR (p:Post) ON (p.discussion_id, p.created_at, p.id);
