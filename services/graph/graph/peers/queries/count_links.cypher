// Counts the links between people and groups, from the counts that the engine keeps.
// params:  none
// returns: one row {connections, memberships, blocks}
CALL () { MATCH ()-[c:CONNECTED_TO]->() RETURN count(c) AS connections }
CALL () { MATCH ()-[m:MEMBER_OF]->() RETURN count(m) AS memberships }
CALL () { MATCH ()-[b:BLOCKS]->() RETURN count(b) AS blocks }
RETURN connections, memberships, blocks
