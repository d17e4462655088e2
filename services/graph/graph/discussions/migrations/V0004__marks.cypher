CREATE INDEX discussion_marked IF NOT EXISTS FOR (d:Discussion) ON (d.marked_at);
