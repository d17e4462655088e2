CREATE INDEX group_marked IF NOT EXISTS FOR (g:Group) ON (g.marked_at);
