"""profiles: the record of who someone is, on PostgreSQL."""
