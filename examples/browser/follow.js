// Follows a subscription in a browser without a library: each event once and in order, over broken lines and renewed tokens.
const SILENCE = 30_000; // milliseconds; a sign of life comes every 12 s

/**
 * @param url of /graphql/stream
 * @param token returns an access token; called with true when the one before is over
 */
export async function* follow({ url, query, variables, token }) {
  let position = null;
  let over = false;
  for (let tries = 0; ; tries += 1) {
    const line = new AbortController();
    try {
      const headers = { "content-type": "application/json", accept: "text/event-stream", authorization: `Bearer ${await token(over)}` };
      if (position) headers["last-event-id"] = position;
      over = false;
      const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify({ query, variables }), signal: line.signal });
      if (answer.status === 401) over = true;
      else if (answer.status < 500 && answer.status !== 429 && !answer.ok) throw Object.assign(new Error(await answer.text()), { final: true });
      if (answer.ok) {
        for await (const { id, data } of events(answer.body, line)) {
          position = id ?? position;
          tries = 0;
          const code = data?.errors?.[0]?.extensions.code;
          if (code === "TOKEN_EXPIRED") over = true;
          else if (code && !["UPSTREAM_UNAVAILABLE", "EVENTS_MISSED"].includes(code)) throw Object.assign(new Error(code), { final: true });
          else if (data && code !== "UPSTREAM_UNAVAILABLE") yield data; // one with EVENTS_MISSED says: read again
        }
      }
    } catch (error) {
      if (error.final) throw error;
    } finally {
      line.abort();
    }
    await new Promise((done) => setTimeout(done, Math.min(30_000, 250 * 2 ** Math.min(tries, 7)) * (0.5 + Math.random())));
  }
}

async function* events(body, line) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const timer = setTimeout(() => line.abort(), SILENCE);
    const { done, value } = await reader.read().finally(() => clearTimeout(timer));
    if (done) return;
    const blocks = (text + value).split("\n\n");
    text = blocks.pop(); // what is not complete yet; it is sent again if the line breaks here
    for (const block of blocks) {
      const field = (name) => block.split("\n").find((one) => one.startsWith(`${name}: `))?.slice(name.length + 2);
      const data = field("data");
      yield { id: field("id"), data: data ? JSON.parse(data) : null };
    }
  }
}
