// Lists the people, groups and discussions that have changed since a time, and who was erased; the newest of each.
// params:  $since :: INTEGER (ms since 1970), $most :: INTEGER (of each kind)
// returns: rows {kind, id, at, change, group}, the last different after each change; group only of discussions
CALL () {
  MATCH (p:Professional) WHERE p.changed_at > $since
  WITH p ORDER BY p.changed_at DESC LIMIT $most
  RETURN 'PERSON' AS kind, p.id AS id, p.changed_at AS at, p.change AS change, null AS group
  UNION ALL
  MATCH (e:ErasedProfessional) WHERE e.changed_at > $since
  WITH e ORDER BY e.changed_at DESC LIMIT $most
  RETURN 'ERASED' AS kind, e.id AS id, e.changed_at AS at, e.change AS change, null AS group
  UNION ALL
  MATCH (g:Group) WHERE g.marked_at > $since
  WITH g ORDER BY g.marked_at DESC LIMIT $most
  RETURN 'GROUP' AS kind, g.id AS id, g.marked_at AS at, g.mark AS change, null AS group
  UNION ALL
  MATCH (d:Discussion) WHERE d.marked_at > $since
  WITH d ORDER BY d.marked_at DESC LIMIT $most
  RETURN 'DISCUSSION' AS kind, d.id AS id, d.marked_at AS at, d.mark AS change, d.group_id AS group
}
RETURN kind, id, at, change, group
