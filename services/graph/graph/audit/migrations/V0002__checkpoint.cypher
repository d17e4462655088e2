CREATE CONSTRAINT audit_checkpoint_id IF NOT EXISTS FOR (c:AuditCheckpoint) REQUIRE c.id IS UNIQUE;
