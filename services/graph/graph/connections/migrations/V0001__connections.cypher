CREATE INDEX asked_id IF NOT EXISTS FOR ()-[r:ASKED]-() ON (r.id);
