"""graph: the record of who works with whom, on Neo4j, and the read model of every person as others see them."""
