// The cache of urql (graphcache) for Consilium: parts without an id have no key, and stay where they stand.
import { cacheExchange } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";
import schema from "./schema.json" with { type: "json" };

export const keys = Object.fromEntries(schema.withoutId.map((name) => [name, () => null]));
export const resolvers = Object.fromEntries(
  Object.entries(schema.connections).map(([name, fields]) => [
    name,
    Object.fromEntries(Object.keys(fields).map((field) => [field, relayPagination()])),
  ]),
);

// `introspection` is the answer of an introspection query, without which graphcache guesses to which types a fragment applies.
export const makeExchange = (introspection, more = {}) => cacheExchange({ keys, resolvers, schema: introspection, ...more });
