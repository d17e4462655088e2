// Reads groups and the newest discussions of each, the same for everybody: what a reader may see is decided afterwards.
// params:  $ids :: LIST OF STRING, $first :: INTEGER, $properties :: PROPERTIES
// returns: rows {group, member_count, rows :: LIST OF LIST of the values of $properties, one more than $first where there are more}
UNWIND $ids AS id
MATCH (g:Group {id: id})
CALL (id) {
  MATCH (d:Discussion)
  USING INDEX d:Discussion(group_id, created_at, id)
  WHERE d.group_id = id AND d.created_at >= '' AND d.id >= ''  // an index needs a word on each of its columns
  WITH d ORDER BY d.group_id DESC, d.created_at DESC, d.id LIMIT $first
  RETURN collect([name IN $properties | d[name]]) AS rows
}
RETURN g {.id, .handle, .name, .purpose, .rules, .languages, .visibility, .join_policy, .specialties, .regions,
    .member_limit, .created_at, .version, .policy_level, .policy_licensed_in, .policy_specialties,
    .policy_checked_days} AS group, COUNT { (g)<-[:MEMBER_OF]-() } AS member_count, rows
