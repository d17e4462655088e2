// Lists the memberships of people in groups that have a credential policy.
// params:  $ids :: LIST OF STRING
// returns: rows {person, group, suspended_until, snapshot}; `group` with the policy
UNWIND $ids AS id
MATCH (p:Professional {id: id})-[:MEMBER_OF]->(g:Group)
WHERE g.policy_level IS NOT NULL
RETURN p.id AS person, g {.id, .policy_level, .policy_licensed_in, .policy_specialties, .policy_checked_days} AS group,
  head([(p)-[s:SUSPENDED_IN]->(g) | s.until]) AS suspended_until, p.snapshot AS snapshot
