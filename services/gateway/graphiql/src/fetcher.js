// Queries and mutations by POST; subscriptions over graphql-sse, each with the session's token as it is then.

import { getOperationAST, parse } from "graphql";
import { createClient } from "graphql-sse";

import { authorization, post } from "./session.js";

const stream = createClient({ url: "/graphql/stream", headers: authorization, retryAttempts: 3 });

export async function fetcher({ query, operationName, variables }, { headers } = {}) {
  const operation = getOperationAST(parse(query), operationName);
  const body = { query, operationName, variables };
  if (operation?.operation === "subscription") return stream.iterate(body);
  return post(body, { ...(await authorization()), ...headers });
}
