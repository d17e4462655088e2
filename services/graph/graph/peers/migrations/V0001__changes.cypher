CREATE INDEX professional_changed IF NOT EXISTS FOR (p:Professional) ON (p.changed_at);
CREATE INDEX erased_changed IF NOT EXISTS FOR (e:ErasedProfessional) ON (e.changed_at);
