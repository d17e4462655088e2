// Follows a subscription over lines that break: it asks again for what came after the last event that it was sent.
import { createClient } from "graphql-sse";

const PAUSES = { first: 250, longest: 10_000 };

/**
 * Tells each event of a subscription that takes `after`, once.
 *
 * Streams that end, because the line broke or the token has ended, are opened again. An error in a result says that a service is
 * away; the server goes on by itself.
 *
 * @returns what ends it.
 */
export function follow(api, session, { query, variables }, heard) {
  const client = createClient({ url: `${api}/graphql/stream`, headers: () => session.headers(), retryAttempts: 0 });
  let after = variables.after ?? null;
  let pause = PAUSES.first;
  let timer;
  let ended = false;
  let close = () => {};

  const again = () => {
    if (ended) return;
    timer = setTimeout(open, pause);
    pause = Math.min(2 * pause, PAUSES.longest);
  };
  function open() {
    close = client.subscribe({ query, variables: { ...variables, after } }, {
      next(result) {
        after = result.extensions?.position ?? after;
        if (ended || result.errors) return;
        pause = PAUSES.first;
        heard(result);
      },
      error: again,
      complete: again,
    });
  }
  open();
  return () => {
    ended = true;
    clearTimeout(timer);
    close();
  };
}
