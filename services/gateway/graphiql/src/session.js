// The session of this page: the access token lives in memory only, and is renewed a minute before it ends. The refresh token is in a
// cookie that no script can read, so that a reload stays signed in.

const listeners = new Set();
let session = null;

const SIGN_IN = `mutation SignIn($input: SignInInput!) {
  signIn(input: $input) { session { accessToken expiresAt viewer { professional { name } } } userErrors { message } }
}`;
const REFRESH = `mutation Refresh($input: RefreshSessionInput!) {
  refreshSession(input: $input) { session { accessToken expiresAt viewer { professional { name } } } userErrors { message } }
}`;
const SIGN_OUT = "mutation SignOut($input: SignOutInput!) { signOut(input: $input) { signedOut } }";

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
    headers: {
      "Content-Type": "application/json",
      Accept: "application/graphql-response+json",
      "Consilium-Session": "cookie",
      ...headers,
    },
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

// Whoever has signed in before, in this browser, is signed in.
export const resume = () => open(REFRESH, "refreshSession", {}).catch(() => become(null));

export async function signOut() {
  const headers = await authorization();
  become(null);
  await post({ query: SIGN_OUT, variables: { input: {} } }, headers);
}

export async function authorization() {
  if (session && session.endsAt - Date.now() < 60_000) {
    await resume();
  }
  return session ? { Authorization: `Bearer ${session.accessToken}` } : {};
}
