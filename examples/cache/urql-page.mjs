// The story with urql: queries and mutations by HTTP, subscriptions as streams, and graphcache with the settings of graphcache.mjs.
import { readFileSync } from "node:fs";
import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { buildSchema, introspectionFromSchema } from "graphql";
import { pipe, subscribe } from "wonka";
import { follow } from "./follow.mjs";
import { makeExchange } from "./graphcache.mjs";
import * as operations from "./operations.js";
import { Session } from "./session.mjs";
import { story } from "./story.mjs";

const introspection = introspectionFromSchema(buildSchema(readFileSync(new URL("../../schema.graphql", import.meta.url), "utf-8")));

const updates = {
  Subscription: {
    // A new post is shown at the end of its discussion.
    postAdded: ({ postAdded }, { discussion }, cache) => append(cache, discussion, postAdded),
  },
  Mutation: {
    addPost: ({ addPost }, { input }, cache) => addPost.post && append(cache, input.discussion, addPost.post),
  },
};
const append = (cache, id, post) => cache.updateQuery({ query: operations.discussion, variables: { id } }, (data) => data && ({
  ...data,
  node: {
    ...data.node,
    posts: { ...data.node.posts, edges: [...data.node.posts.edges, { __typename: "PostEdge", cursor: post.id, node: post }] },
  },
}));
const optimistic = {
  requestConnection: ({ input }) => ({
    __typename: "RequestConnectionPayload",
    professional: { __typename: "Professional", id: input.to, connection: "REQUESTED_BY_ME" },
    userErrors: [],
  }),
};

function make(api) {
  const session = new Session(api);
  const client = new Client({
    url: `${api}/graphql`,
    fetch: session.fetch,
    preferGetMethod: false,
    exchanges: [
      makeExchange(introspection, { updates, optimistic }),
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({ unsubscribe: follow(api, session, { query, variables }, (result) => sink.next(result)) }),
        }),
      }),
      fetchExchange,
    ],
  });
  const answer = async (source) => {
    const { data, error } = await source.toPromise();
    if (error) throw error;
    return data;
  };
  const each = (source, then) => {
    const { unsubscribe } = pipe(source, subscribe(({ data }) => data && then(data)));
    return unsubscribe;
  };
  return {
    use: (tokens) => session.use(tokens),
    ask: (name, variables) => answer(client.query(operations[name], variables)),
    change: async (name, input) => (await answer(client.mutation(operations[name], { input })))[name],
    watch: (name, variables, seen) => each(client.query(operations[name], variables, { requestPolicy: "cache-only" }), seen),
    listen: (name, variables, heard) => each(client.subscription(operations[name], variables), heard),
    add: () => {}, // `updates` does
  };
}

await story(make);
