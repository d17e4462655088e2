// Apollo Client with its link for persisted queries, in front of a gateway that runs trusted documents only.
// argv: address of the API, and a folder of manifests, which is empty at first. Prints what was seen.
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";

const [api, folder] = process.argv.slice(2);
const sent = [];
let text = "";

const http = new HttpLink({
  uri: `${api}/graphql`,
  fetch: (url, options) => {
    sent.push({ text: "query" in JSON.parse(options.body), client: new Headers(options.headers).get("apollographql-client-name") });
    return fetch(url, options);
  },
});
const sha256 = (query) => {
  text = query;
  return createHash("sha256").update(query).digest("hex");
};
const client = new ApolloClient({
  link: new PersistedQueryLink({ sha256 }).concat(http),
  cache: new InMemoryCache(),
  clientAwareness: { name: "a page", version: "1" },
});
const query = gql`query Codes { specialties(first: 1) { code } }`;

async function ask() {
  try {
    const { data } = await client.query({ query, fetchPolicy: "network-only" });
    return data.specialties.length;
  } catch (error) {
    return CombinedGraphQLErrors.is(error) ? error.errors[0].extensions.code : String(error);
  }
}

const found = { before: await ask(), requestsBefore: sent.splice(0) };
// A release registers what it sends; the gateway reads it without a restart.
writeFileSync(`${folder}/web.json`, JSON.stringify({ [sha256(text)]: text }));
await setTimeout(2_500);
found.after = await ask();
found.requestsAfter = sent.splice(0);
console.log(JSON.stringify(found));
