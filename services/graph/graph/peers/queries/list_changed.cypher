// Lists who has changed or was erased since a time.
// params:  $since :: INTEGER (ms since 1970)
// returns: rows {id, at, change}, the last different after each change
MATCH (p:Professional) WHERE p.changed_at > $since
RETURN p.id AS id, p.changed_at AS at, p.change AS change
UNION ALL
MATCH (e:ErasedProfessional) WHERE e.changed_at > $since
RETURN e.id AS id, e.changed_at AS at, e.change AS change
