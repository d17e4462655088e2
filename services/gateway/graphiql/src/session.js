// The session of this page: tokens live in memory only, and are renewed a minute before they end.

const listeners = new Set();
let session = null;

const SIGN_IN = `mutation SignIn($input: SignInInput!) {
  signIn(input: $input) { session { accessToken refreshToken expiresAt viewer { professional { name } } } userErrors { message } }
}`;
const REFRESH = `mutation Refresh($input: RefreshSessionInput!) {
  refreshSession(input: $input) { session { accessToken refreshToken expiresAt viewer { professional { name } } } userErrors { message } }
}`;

export const subscribe = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
export const current = () => session;

function become(next) {
  session = next;
  for (const listener of listeners) listener();
}

export async function post(body, headers = {}) {
  const answer = await fetch("/graphql", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/graphql-response+json", ...headers },
    body: JSON.stringify(body),
  });
  return answer.json();
}

async function open(query, field, input) {
  const answer = await post({ query, variables: { input } });
  const payload = answer.data?.[field];
  if (!payload?.session) {
    throw new Error(payload?.userErrors[0]?.message ?? answer.errors?.[0]?.message ?? "No answer.");
  }
  const found = payload.session;
  become({ ...found, name: found.viewer.professional.name, endsAt: Date.parse(found.expiresAt) });
}

export const signIn = (email, password) => open(SIGN_IN, "signIn", { email, password });
export const signOut = () => become(null);

export async function authorization() {
  if (session && session.endsAt - Date.now() < 60_000) {
    await open(REFRESH, "refreshSession", { refreshToken: session.refreshToken }).catch(signOut);
  }
  return session ? { Authorization: `Bearer ${session.accessToken}` } : {};
}
