// Lists the processes that were there lately, the last seen first.
// params:  $since :: STRING
// returns: rows {service, key_id, fingerprint, seen_at}
MATCH (holder:KeyHolder)
WHERE holder.seen_at > $since
RETURN holder.service AS service, holder.key_id AS key_id, holder.fingerprint AS fingerprint, holder.seen_at AS seen_at
ORDER BY seen_at DESC
