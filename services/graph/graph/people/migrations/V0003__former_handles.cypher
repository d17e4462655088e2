CREATE CONSTRAINT former_handle IF NOT EXISTS FOR (h:FormerHandle) REQUIRE h.handle IS UNIQUE;
