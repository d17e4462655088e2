"""The real PostgreSQL and Neo4j on this machine, from packages, without root, Docker or Java."""
