CREATE CONSTRAINT field_key_id IF NOT EXISTS FOR (k:FieldKey) REQUIRE k.id IS UNIQUE;
CREATE CONSTRAINT key_holder_id IF NOT EXISTS FOR (h:KeyHolder) REQUIRE h.id IS UNIQUE;
CREATE INDEX key_holder_seen IF NOT EXISTS FOR (h:KeyHolder) ON (h.seen_at);
