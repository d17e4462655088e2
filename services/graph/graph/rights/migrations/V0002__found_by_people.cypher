CREATE INDEX flag_appellant IF NOT EXISTS FOR (f:Flag) ON (f.appealed_by);
CREATE INDEX decision_moderator IF NOT EXISTS FOR (d:Decision) ON (d.decided_by);
CREATE INDEX decision_flag IF NOT EXISTS FOR (d:Decision) ON (d.flag);
CREATE INDEX audit_event_actor IF NOT EXISTS FOR (a:AuditEvent) ON (a.actor);
CREATE INDEX banned_by IF NOT EXISTS FOR ()-[b:BANNED_FROM]-() ON (b.by);
CREATE INDEX invited_by IF NOT EXISTS FOR ()-[i:INVITED_TO]-() ON (i.by);
