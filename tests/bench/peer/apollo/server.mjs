// Peer A: Apollo Server 5 + @neo4j/graphql 7.  PORT, BOLT, WORKERS (1 = single process, n = cluster)
import cluster from "node:cluster"; import { createServer } from "node:http";
import { ApolloServer } from "@apollo/server"; import { startStandaloneServer } from "@apollo/server/standalone";
import { Neo4jGraphQL } from "@neo4j/graphql"; import neo4j from "neo4j-driver";
const W = +(process.env.WORKERS || 1), PORT = +(process.env.PORT || 7801);
if (W > 1 && cluster.isPrimary) { for (let i = 0; i < W; i++) cluster.fork(); }
else {
const typeDefs = `#graphql
type Professional @node { id: ID! name: String! specialty: String! region: String! country: String! languages: [String!]! verified: Boolean!
  connections: [Professional!]! @relationship(type: "CONNECTED", direction: OUT, queryDirection: UNDIRECTED)
  groups: [Group!]! @relationship(type: "MEMBER_OF", direction: OUT)
  posts: [Post!]! @relationship(type: "AUTHORED", direction: OUT)
  mutual(viewer: ID!): Int! @cypher(statement: """
    MATCH (v:Professional {id: $viewer})
    RETURN COUNT { (v)-[:CONNECTED]-()-[:CONNECTED]-(this) } AS n""", columnName: "n") }
type Group @node { id: ID! name: String! specialty: String!
  members: [Professional!]! @relationship(type: "MEMBER_OF", direction: IN)
  posts: [Post!]! @relationship(type: "IN", direction: IN)
  memberCount: Int! @cypher(statement: "RETURN COUNT { (this)<-[:MEMBER_OF]-() } AS n", columnName: "n") }
type Post @node { id: ID! text: String! createdAt: Int!
  group: [Group!]! @relationship(type: "IN", direction: OUT)
  author: [Professional!]! @relationship(type: "AUTHORED", direction: IN) }
type RankedPeer @node { id: ID! name: String! specialty: String! region: String! country: String! languages: [String!]! verified: Boolean! mutual: Int! }
type Query {
  # hand-written ranking (what an expert user of @neo4j/graphql adds): expand from viewer once
  rankedPeers(viewer: ID!, specialty: String!, region: String!, first: Int!): [RankedPeer!]! @cypher(statement: """
    CALL () { MATCH (v:Professional {id: $viewer})-[:CONNECTED]-(m), (c:Professional {specialty: $specialty, region: $region})-[:CONNECTED]-(m)
      USING INDEX v:Professional(id) USING INDEX c:Professional(specialty, region) USING JOIN ON m WHERE c.id <> $viewer
      WITH c, count(*) AS mutual ORDER BY mutual DESC, c.name LIMIT $first RETURN collect({n: c, mutual: mutual}) AS ranked }
    CALL (ranked) { MATCH (c:Professional) WHERE size(ranked) < $first AND c.specialty = $specialty AND c.region = $region AND c.name > '' AND c.id <> $viewer AND NOT c IN [x IN ranked | x.n]
      WITH c ORDER BY c.name LIMIT $first RETURN collect({n: c, mutual: 0}) AS fill }
    UNWIND (ranked + fill)[0..$first] AS x
    WITH x.n AS c, x.mutual AS mutual
    RETURN c {.id, .name, .specialty, .region, .country, .languages, .verified, mutual: mutual} AS peer""", columnName: "peer")
}`;
const driver = neo4j.driver(process.env.BOLT || "bolt://127.0.0.1:7701", neo4j.auth.basic("neo4j", process.env.PEER_PASSWORD));
const schema = await new Neo4jGraphQL({ typeDefs, driver }).getSchema();
const server = new ApolloServer({ schema, introspection: true });
const { url } = await startStandaloneServer(server, { listen: { port: PORT, host: "127.0.0.1" }, context: async () => ({}) });
console.log("ready", url, process.pid);
}
