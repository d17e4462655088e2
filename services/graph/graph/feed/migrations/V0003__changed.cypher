CREATE INDEX discussion_changed IF NOT EXISTS FOR (d:Discussion) ON (d.group_id, d.changed_position);
CREATE INDEX post_changed IF NOT EXISTS FOR (p:Post) ON (p.discussion_id, p.changed_position);
