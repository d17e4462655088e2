MATCH (author:Professional)-[:WROTE]->(d:Discussion) WHERE d.author_id IS NULL SET d.author_id = author.id, d.changed_at = d.created_at;
MATCH (author:Professional)-[:WROTE]->(p:Post) WHERE p.author_id IS NULL SET p.author_id = author.id, p.changed_at = p.created_at;
