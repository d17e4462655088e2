CREATE CONSTRAINT group_id IF NOT EXISTS FOR (g:Group) REQUIRE g.id IS UNIQUE;
CREATE CONSTRAINT group_handle IF NOT EXISTS FOR (g:Group) REQUIRE g.handle IS UNIQUE;
CREATE INDEX group_name IF NOT EXISTS FOR (g:Group) ON (g.sort_name, g.id);
