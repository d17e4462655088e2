/**
 * Who is signed in. The refresh token is in a cookie that no script reads; the access token is in this memory alone, so that a
 * reload asks for a new one. Tabs take turns, because each renewal replaces the cookie.
 */
import { ApiError, type Answer, call } from "~/app/api.ts";
import { documents } from "~/app/documents.ts";

type Session = { accessToken: string; expiresAt: string };
type Payload = { session: Session | null; userErrors: { code: string; message: string; field: string[] | null }[] };

const EARLY = 30_000; // milliseconds before a token ends at which it is renewed
const TRY_AGAIN = new Set(["UNAVAILABLE", "RATE_LIMITED", "OUTCOME_UNKNOWN"]);
const channel = new BroadcastChannel("consilium-session");
const listeners = new Set<() => void>();
let session: Session | null = null;
let renewing: Promise<Session | null> | null = null;
let started = false;

channel.onmessage = ({ data }) => {
  // Another tab signed out, or in as somebody else: nothing of the one who was here may stay.
  if (data === "signed-out" || (data === "signed-in" && session !== null)) leave(false);
};

/** The access token, renewed where it is about to end; null where nobody is signed in. */
export async function accessToken(): Promise<string | null> {
  if (!started || (session !== null && Date.parse(session.expiresAt) - Date.now() < EARLY)) await renew();
  return session?.accessToken ?? null;
}

/** Ask for a new access token with the cookie; null where it opens no session any more. */
export function renew(): Promise<Session | null> {
  renewing ??= navigator.locks
    .request("consilium-renewal", async () => {
      const answer = await call(documents.refreshSession, { input: {} }, null, { "consilium-session": "cookie" });
      const payload = answer.data?.refreshSession as Payload | undefined;
      const code = payload?.userErrors[0]?.code;
      // Only an answer says that nobody is signed in; a service that is away does not.
      if (payload == null || (code !== undefined && TRY_AGAIN.has(code))) throw refusal(answer, payload);
      session = payload.session;
      started = true;
      return session;
    })
    .finally(() => {
      renewing = null;
    });
  return renewing;
}

/** Whether somebody is signed in, as far as is known. */
export const signedIn = (): boolean => session !== null;

/**
 * Sign in; a browser keeps the session in its cookie.
 *
 * @throws ApiError where the answer is none, or the sign-in is refused.
 */
export async function signIn(email: string, password: string, otp?: string): Promise<void> {
  const input = { email, password, otp: otp || null };
  const answer = await call(documents.signIn, { input }, null, { "consilium-session": "cookie" });
  const payload = answer.data?.signIn as Payload | undefined;
  if (!payload?.session) throw refusal(answer, payload);
  session = payload.session;
  started = true;
  channel.postMessage("signed-in");
  for (const listener of listeners) listener();
}

/**
 * Sign out here, or everywhere; other tabs follow.
 *
 * @throws ApiError where the session could not be ended, and is still there.
 */
export async function signOut(everywhere = false): Promise<void> {
  const token = await accessToken();
  const answer = await call(documents.signOut, { input: { everywhere } }, token, { "consilium-session": "cookie" });
  const payload = answer.data?.signOut as { signedOut: boolean | null } | undefined;
  if (!payload?.signedOut) throw new ApiError("UNKNOWN", answer.errors?.[0]?.message ?? "", answer.requestId);
  leave(true);
}

/** Be told when somebody signs in. */
export function onChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function leave(tellOthers: boolean): void {
  session = null;
  sessionStorage.clear(); // drafts are of the one who wrote them
  if (tellOthers) channel.postMessage("signed-out");
  location.assign("/"); // with nothing in memory that the next person could see
}

function refusal(answer: Answer, payload: Payload | undefined): ApiError {
  const first = payload?.userErrors[0];
  if (first === undefined) return new ApiError("UNKNOWN", "", answer.requestId);
  return new ApiError(first.code, first.message, answer.requestId);
}
