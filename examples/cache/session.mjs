// Who is signed in: the access token, renewed a minute before it ends, once for all requests that wait.
const RENEW = `mutation($input: RefreshSessionInput!) {
  refreshSession(input: $input) { session { accessToken refreshToken expiresAt } userErrors { code message } }
}`;

export class Session {
  #api;
  #tokens = null;
  #renewing = null;

  constructor(api) {
    this.#api = api;
  }

  use(tokens) {
    this.#tokens = tokens;
  }

  /** The headers of a request. */
  async headers() {
    if (this.#tokens === null) return {};
    if (Date.parse(this.#tokens.expiresAt) - Date.now() < 60_000) {
      this.#renewing ??= this.#renew().finally(() => { this.#renewing = null; });
      await this.#renewing;
    }
    return { authorization: `Bearer ${this.#tokens.accessToken}` };
  }

  /** A `fetch` that signs its requests, and gives each a key, so that a library may send a change twice. */
  fetch = async (url, options) => fetch(url, {
    ...options,
    headers: {
      ...Object.fromEntries(new Headers(options.headers)),
      ...(await this.headers()),
      accept: "application/graphql-response+json",
      "idempotency-key": crypto.randomUUID(),
    },
  });

  async #renew() {
    const answer = await fetch(`${this.#api}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: RENEW, variables: { input: { refreshToken: this.#tokens.refreshToken } } }),
    });
    const { session, userErrors } = (await answer.json()).data.refreshSession;
    if (session === null) throw new Error(userErrors[0].message);
    this.#tokens = session;
  }
}
