// Writes answers into both caches and reads them again; prints what Apollo keeps by id, and what either cache complains of.
import { readFileSync } from "node:fs";
import { buildSchema, introspectionFromSchema, parse } from "graphql";
import { createClient } from "@urql/core";
import { filter, map, pipe } from "wonka";
import { makeCache } from "./apollo.mjs";
import { makeExchange } from "./graphcache.mjs";

const complaints = [];
for (const level of ["warn", "error"]) {
  console[level] = (...said) => complaints.push(said.join(" ").slice(0, 300));
}

const answers = JSON.parse(readFileSync(process.argv[2], "utf-8"));
const cache = makeCache();
const whole = [];
for (const { query, variables, data } of answers) {
  cache.writeQuery({ query: parse(query), variables, data });
}
for (const { query, variables, data } of answers) {
  const found = cache.readQuery({ query: parse(query), variables });
  whole.push(found !== null && Object.keys(found).length === Object.keys(data).length);
}

const introspection = introspectionFromSchema(buildSchema(readFileSync("../../schema.graphql", "utf-8")));
const byQuery = new Map();
const network = () => (operations) =>
  pipe(
    operations,
    filter((operation) => operation.kind !== "teardown"),
    map((operation) => ({ operation, data: byQuery.get(operation.context.answer), hasNext: false, stale: false })),
  );
const client = createClient({ url: "http://localhost", exchanges: [makeExchange(introspection), network], preferGetMethod: false });
const urql = [];
for (const [number, { query, variables, data }] of answers.entries()) {
  byQuery.set(number, data);
  await client.query(query, variables, { answer: number, requestPolicy: "network-only" }).toPromise();
  const again = await client.query(query, variables, { answer: number, requestPolicy: "cache-only" }).toPromise();
  urql.push(again.data !== undefined && again.data !== null);
}
process.stdout.write(JSON.stringify({ keys: Object.keys(cache.extract()), whole, urql, complaints }));
process.exit(0);
