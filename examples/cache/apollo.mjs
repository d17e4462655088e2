// Apollo Client's cache for Consilium: pages are joined, objects are kept by their id, and parts without one stay where they stand.
import { InMemoryCache } from "@apollo/client";
import { relayStylePagination } from "@apollo/client/utilities";
import schema from "./schema.json" with { type: "json" };

// A connection that could not be read is null, beside an error: the pages that are there stay.
function pages(keyArguments) {
  const policy = relayStylePagination(keyArguments);
  return {
    ...policy,
    read: (existing, options) => (existing ? policy.read(existing, options) : existing),
    merge: (existing, incoming, options) =>
      incoming ? policy.merge(existing ?? undefined, incoming, options) : (existing ?? incoming),
  };
}

export const possibleTypes = schema.possibleTypes;
export const typePolicies = {
  ...Object.fromEntries(schema.withoutId.map((name) => [name, { keyFields: false }])),
  ...Object.fromEntries(
    Object.entries(schema.connections).map(([name, fields]) => [
      name,
      { fields: Object.fromEntries(Object.entries(fields).map(([field, keys]) => [field, pages(keys)])) },
    ]),
  ),
};
export const makeCache = () => new InMemoryCache({ possibleTypes, typePolicies });
