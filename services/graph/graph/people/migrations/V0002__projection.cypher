CREATE CONSTRAINT projection_installation IF NOT EXISTS FOR (s:ProjectionState) REQUIRE s.installation IS UNIQUE;
CREATE INDEX professional_installation IF NOT EXISTS FOR (p:Professional) ON (p.installation, p.id);
CREATE INDEX erased_installation IF NOT EXISTS FOR (e:ErasedProfessional) ON (e.installation, e.id);
