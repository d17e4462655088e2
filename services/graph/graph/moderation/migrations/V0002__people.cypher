CREATE INDEX flag_reporter IF NOT EXISTS FOR (f:Flag) ON (f.reporter);
CREATE INDEX flag_author IF NOT EXISTS FOR (f:Flag) ON (f.author);
CREATE INDEX note_author IF NOT EXISTS FOR (n:ContextNote) ON (n.author);
