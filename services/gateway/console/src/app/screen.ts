/** A screen is one query: its loader asks for it, and its component reads what came. */
import { type GraphQLTaggedNode, loadQuery, type PreloadedQuery, usePreloadedQuery } from "react-relay";
import { type LoaderFunctionArgs, redirect, useLoaderData } from "react-router";
import type { OperationType } from "relay-runtime";

import { environment } from "~/app/environment.ts";
import { accessToken } from "~/app/session.ts";

type Address = { params: Record<string, string | undefined>; search: URLSearchParams };

/**
 * The loader of a screen for people who are signed in; others are asked to sign in first, and come back.
 *
 * @param variables - of the query, from the address.
 */
export function screen<Q extends OperationType>(query: GraphQLTaggedNode, variables: (address: Address) => Q["variables"]) {
  return async ({ request, params }: LoaderFunctionArgs): Promise<PreloadedQuery<Q>> => {
    const url = new URL(request.url);
    if ((await accessToken()) === null) {
      throw redirect(url.pathname === "/" ? "/welcome" : `/sign-in?next=${encodeURIComponent(url.pathname + url.search)}`);
    }
    return loadQuery<Q>(environment, query, variables({ params, search: url.searchParams }), { fetchPolicy: "store-and-network" });
  };
}

/** What the loader of this screen asked for. */
export function useScreen<Q extends OperationType>(query: GraphQLTaggedNode): Q["response"] {
  return usePreloadedQuery<Q>(query, useLoaderData<PreloadedQuery<Q>>());
}
