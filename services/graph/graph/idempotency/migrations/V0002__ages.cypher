CREATE INDEX idempotency_key_age IF NOT EXISTS FOR (k:IdempotencyKey) ON (k.created_at);
