// Follows a subscription over lines that break: it asks again for what came after the last object that it was sent.
import { setTimeout } from "node:timers/promises";
import { createClient } from "graphql-sse";

const MAX_PAUSE = 10_000;

/** The results of a subscription that takes `after`, each once, until the caller returns. */
export async function* follow(api, session, { query, variables }) {
  let after = variables.after ?? null;
  for (let pause = 250; ; pause = Math.min(2 * pause, MAX_PAUSE)) {
    const stream = createClient({ url: `${api}/graphql/stream`, headers: () => session.headers(), retryAttempts: 0 });
    try {
      for await (const result of stream.iterate({ query, variables: { ...variables, after } })) {
        if (result.errors) break; // the token has ended, or a service is away: ask again with a new one
        after = Object.values(result.data)[0].id;
        pause = 250;
        yield result;
      }
    } catch {
      // The line broke.
    } finally {
      stream.dispose();
    }
    await setTimeout(pause);
  }
}
