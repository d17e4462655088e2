MATCH (:Post {state: 'HELD'})-[:ON]->(d:Discussion) WITH DISTINCT d SET d.post_count = COUNT { (d)<-[:ON]-(p:Post) WHERE p.state <> 'HELD' };
