CREATE CONSTRAINT professional_id IF NOT EXISTS FOR (p:Professional) REQUIRE p.id IS UNIQUE;
CREATE CONSTRAINT professional_handle IF NOT EXISTS FOR (p:Professional) REQUIRE p.handle IS UNIQUE;
CREATE CONSTRAINT specialty_code IF NOT EXISTS FOR (s:Specialty) REQUIRE s.code IS UNIQUE;
CREATE CONSTRAINT region_code IF NOT EXISTS FOR (r:Region) REQUIRE r.code IS UNIQUE;
CREATE INDEX professional_name IF NOT EXISTS FOR (p:Professional) ON (p.sort_name, p.id);
CREATE INDEX professional_joined IF NOT EXISTS FOR (p:Professional) ON (p.joined_at, p.id);
CREATE FULLTEXT INDEX professional_text IF NOT EXISTS FOR (p:Professional) ON EACH [p.search_text] OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}};
