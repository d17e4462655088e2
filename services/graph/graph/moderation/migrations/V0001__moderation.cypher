CREATE CONSTRAINT flag_id IF NOT EXISTS FOR (f:Flag) REQUIRE f.id IS UNIQUE;
CREATE CONSTRAINT decision_id IF NOT EXISTS FOR (d:Decision) REQUIRE d.id IS UNIQUE;
CREATE CONSTRAINT note_id IF NOT EXISTS FOR (n:ContextNote) REQUIRE n.id IS UNIQUE;
CREATE INDEX flag_queue IF NOT EXISTS FOR (f:Flag) ON (f.status, f.created_at, f.id);
CREATE INDEX flag_subject IF NOT EXISTS FOR (f:Flag) ON (f.subject);
CREATE INDEX decision_author IF NOT EXISTS FOR (d:Decision) ON (d.author, d.decided_at, d.id);
CREATE INDEX decision_year IF NOT EXISTS FOR (d:Decision) ON (d.decided_at);
CREATE INDEX flag_year IF NOT EXISTS FOR (f:Flag) ON (f.created_at);
CREATE INDEX note_subject IF NOT EXISTS FOR (n:ContextNote) ON (n.subject);
