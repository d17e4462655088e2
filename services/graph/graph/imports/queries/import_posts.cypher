// Adds posts to discussions; one that exists stays as it is.
// params:  $rows :: LIST OF {author, post :: MAP of properties}, $run :: STRING
// returns: one row {stored, found, groups}
// feed:    group =groups[]
UNWIND $rows AS row
MATCH (d:Discussion {id: row.post.discussion_id}), (author:Professional {id: row.author})
MERGE (p:Post {id: row.post.id})
ON CREATE SET p = row.post, p.import = $run, d.post_count = d.post_count + 1,
  d.last_post_at = CASE WHEN coalesce(d.last_post_at, '') < row.post.created_at THEN row.post.created_at
    ELSE d.last_post_at END,
  d.resolved_by = CASE WHEN row.post.answers THEN row.post.id ELSE d.resolved_by END,
  p.answers = null
MERGE (p)-[:ON]->(d)
MERGE (author)-[:WROTE]->(p)
RETURN count(p) AS found, sum(CASE WHEN p.import = $run THEN 1 ELSE 0 END) AS stored,
  collect(DISTINCT d.group_id) AS groups
