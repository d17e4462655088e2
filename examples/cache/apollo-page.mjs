// The story with Apollo Client: queries and mutations by HTTP, subscriptions as streams, and its cache with the settings of apollo.mjs.
import { ApolloClient, ApolloLink, HttpLink, Observable } from "@apollo/client";
import { print } from "graphql";
import { makeCache } from "./apollo.mjs";
import { follow } from "./follow.mjs";
import * as operations from "./operations.js";
import { Session } from "./session.mjs";
import { story } from "./story.mjs";

function streams(api, session) {
  return new ApolloLink(({ query, variables }) => new Observable((observer) => (
    follow(api, session, { query: print(query), variables }, (result) => observer.next(result))
  )));
}

function make(api) {
  const session = new Session(api);
  const http = new HttpLink({ uri: `${api}/graphql`, fetch: session.fetch });
  const client = new ApolloClient({
    cache: makeCache(),
    link: ApolloLink.split(({ operationType }) => operationType === "subscription", streams(api, session), http),
  });
  const { cache } = client;
  return {
    use: (tokens) => session.use(tokens),
    ask: async (name, variables) => (await client.query({ query: operations[name], variables })).data,
    async change(name, input, optimistic) {
      const optimisticResponse = optimistic && {
        [name]: { __typename: "RequestConnectionPayload", ...optimistic, professional: { __typename: "Professional", ...optimistic.professional } },
      };
      return (await client.mutate({ mutation: operations[name], variables: { input }, optimisticResponse })).data[name];
    },
    watch(name, variables, seen) {
      const watched = client.watchQuery({ query: operations[name], variables, fetchPolicy: "cache-only" });
      const subscription = watched.subscribe(({ data, dataState }) => dataState === "complete" && seen(data));
      return () => subscription.unsubscribe();
    },
    listen(name, variables, heard) {
      const subscription = client.subscribe({ query: operations[name], variables }).subscribe(({ data }) => heard(data));
      return () => subscription.unsubscribe();
    },
    add(id, post) {
      cache.updateQuery({ query: operations.discussion, variables: { id } }, (data) => ({
        ...data,
        node: {
          ...data.node,
          posts: { ...data.node.posts, edges: [...data.node.posts.edges, { __typename: "PostEdge", cursor: post.id, node: post }] },
        },
      }));
    },
  };
}

await story(make);
