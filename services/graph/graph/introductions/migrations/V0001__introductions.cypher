CREATE CONSTRAINT introduction_id IF NOT EXISTS FOR (i:Introduction) REQUIRE i.id IS UNIQUE;
CREATE INDEX introduction_from IF NOT EXISTS FOR (i:Introduction) ON (i.from, i.created_at, i.id);
CREATE INDEX introduction_via IF NOT EXISTS FOR (i:Introduction) ON (i.via, i.created_at, i.id);
CREATE INDEX introduction_to IF NOT EXISTS FOR (i:Introduction) ON (i.to, i.created_at, i.id);
