import {
  Environment, type FetchFunction, type GraphQLResponse, Network, RecordSource, Store,
} from "relay-runtime";

import { ApiError, type Answer, call } from "~/app/api.ts";
import { accessToken, onChange, renew, signedIn } from "~/app/session.ts";

const STALE = 60_000; // milliseconds for which a screen that one comes back to is shown without asking again

const fetchDocument: FetchFunction = async (request, variables) => {
  const id = request.id ?? "";
  const headers: Record<string, string> = request.operationKind === "mutation" ? { "idempotency-key": crypto.randomUUID() } : {};
  const send = async () => call(id, variables, await accessToken(), headers);
  // A line that breaks once is tried again: the key makes a change that was made already answer as it did.
  let answer = await send().catch((error: unknown) => {
    if (error instanceof ApiError && error.code === "OFFLINE") return send();
    throw error;
  });
  if (codeOf(answer) === "UNAUTHENTICATED" && signedIn() && (await renew()) !== null) {
    answer = await send();
  }
  if (answer.data === null || answer.data === undefined) {
    throw new ApiError(codeOf(answer) ?? "UNKNOWN", answer.errors?.[0]?.message ?? "", answer.requestId);
  }
  return answer as unknown as GraphQLResponse;
};

function codeOf(answer: Answer): string | undefined {
  return answer.errors?.[0]?.extensions?.code;
}

/** The store of what was read, for whoever is signed in now. */
export const environment = new Environment({
  network: Network.create(fetchDocument),
  store: new Store(new RecordSource(), { queryCacheExpirationTime: STALE, gcReleaseBufferSize: 20 }),
});

// What was read before somebody signed in is read again. Signing out loads the page anew, with an empty store.
onChange(() => environment.getStore().notify(undefined, true));
