// Signs in, walks through pages of peers, makes a group once, and hears what is opened in it.
// Run: npm install && npm run codegen && npm run build && npm start -- http://127.0.0.1:8000
import { randomUUID } from "node:crypto";

import { Client } from "./client.js";
import { graphql } from "./generated/gql.js";
import type { PeersQuery } from "./generated/graphql.js";

const SignIn = graphql(/* GraphQL */ `
  mutation SignIn($email: String!, $password: String!) {
    signIn(input: { email: $email, password: $password }) {
      session { accessToken refreshToken expiresAt }
      userErrors { code message }
    }
  }
`);
const Peers = graphql(/* GraphQL */ `
  query Peers($filter: PeerFilter!, $after: String) {
    peers(filter: $filter, first: 5, after: $after) {
      pageInfo { hasNextPage endCursor }
      edges { reasons { code text } node { id name verification } }
    }
  }
`);
const CreateGroup = graphql(/* GraphQL */ `
  mutation CreateGroup($name: String!) {
    createGroup(input: { name: $name, purpose: "An example", languages: ["en"] }) {
      group { id name version }
      userErrors { code message field }
    }
  }
`);
const Open = graphql(/* GraphQL */ `
  mutation Open($group: ID!) {
    createDiscussion(input: { group: $group, title: "Hello", body: "Is anybody there?", language: "en" }) {
      discussion { id title }
      userErrors { code message }
    }
  }
`);
const Opened = graphql(/* GraphQL */ `
  subscription Opened($group: ID!) {
    discussionAdded(group: $group) { id title author { name } }
  }
`);

const client = new Client(process.argv[2] ?? "http://127.0.0.1:8000");
const { signIn } = await client.run(SignIn, { email: "maria@demo.example", password: "consilium-demo" });
if (!signIn.session) throw new Error(signIn.userErrors[0]?.message);
client.use(signIn.session);
await client.exchange(signIn.session.refreshToken); // what happens by itself a minute before the end

const names: string[] = [];
let after: string | null | undefined = null;
do {
  const page: PeersQuery = await client.run(Peers, {
    filter: { specialties: ["cardiology"], regions: ["M49:150"] },
    after,
  });
  if (!page.peers) break;
  names.push(...page.peers.edges.map((edge) => edge.node.name));
  after = page.peers.pageInfo.hasNextPage ? page.peers.pageInfo.endCursor : null;
} while (after && names.length < 15);

// Sent twice with one key, as after a lost answer: one group.
const key = randomUUID();
const name = `Example ${"abcdefgh".split("").sort(() => Math.random() - 0.5).join("")}`;
const first = await client.run(CreateGroup, { name }, key);
const again = await client.run(CreateGroup, { name }, key);
const group = first.createGroup.group;
if (!group) throw new Error(first.createGroup.userErrors[0]?.message);

const events = client.follow(Opened, { group: group.id });
const heard = events.next();
await new Promise((resolve) => setTimeout(resolve, 1500)); // until the stream is open
await client.run(Open, { group: group.id });
const event = await heard;

console.log(JSON.stringify({
  peers: names.length,
  distinct: new Set(names).size,
  once: first.createGroup.group?.id === again.createGroup.group?.id,
  heard: event.value?.discussionAdded?.title,
}));
process.exit(0);
