CREATE CONSTRAINT audit_event_id IF NOT EXISTS FOR (a:AuditEvent) REQUIRE a.id IS UNIQUE;
CREATE INDEX audit_event_oldest IF NOT EXISTS FOR (a:AuditEvent) ON (a.at);
