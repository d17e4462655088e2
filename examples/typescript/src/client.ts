// A small typed client: persisted documents by hash, tokens renewed before they end, errors as exceptions.
import { createHash } from "node:crypto";
import { createClient, NetworkError } from "graphql-sse";

export interface TypedText<Result, Variables> {
  toString(): string;
  __apiType?: (variables: Variables) => Result;
}

interface Session { accessToken: string; refreshToken: string; expiresAt: string }
interface Answer<Result> {
  data?: Result | null;
  errors?: { message: string; path?: (string | number)[]; extensions: { code: string; requestId: string } }[];
  extensions?: { position?: string };
}
const SILENCE = 30_000; // milliseconds without a sign of life, which comes every 12 s, after which a line counts as broken

export class RequestError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

const RENEW = `mutation Renew($token: String!) {
  refreshSession(input: { refreshToken: $token }) { session { accessToken refreshToken expiresAt } userErrors { code message } }
}`;

export class Client {
  private session: Session | null = null;
  private renewing: Promise<void> | null = null;
  readonly address: string;

  constructor(address: string) {
    this.address = address;
  }

  use(session: Session): void {
    this.session = session;
  }

  /** Runs a query or mutation; the text is sent only when the server does not know its hash yet. */
  async run<Result, Variables>(document: TypedText<Result, Variables>, variables?: Variables, key?: string): Promise<Result> {
    const query = document.toString();
    const sha256Hash = createHash("sha256").update(query).digest("hex");
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    await this.renew();
    let answer = await this.post<Result>({ extensions, variables }, key);
    if (answer.errors?.[0]?.extensions.code === "PERSISTED_QUERY_NOT_FOUND") {
      answer = await this.post<Result>({ query, extensions, variables }, key);
    }
    const error = answer.errors?.[0];
    if (error) throw new RequestError(error.extensions.code, error.message);
    return answer.data as Result;
  }

  /**
   * Follows a subscription: each event once and in order, over broken lines and renewed sessions, until the caller ends it.
   * Throws what cannot be mended here, such as NOT_FOUND. EVENTS_MISSED is passed on by `missed`: read again what you show.
   */
  async *follow<Result, Variables extends Record<string, unknown>>(
    document: TypedText<Result, Variables>, variables: Variables, missed: () => void = () => undefined,
  ): AsyncGenerator<Result> {
    let position: string | null = null;
    for (let tries = 0; ; tries += 1) {
      const stream = createClient({
        url: `${this.address}/graphql/stream`,
        headers: async (): Promise<Record<string, string>> => {
          await this.renew();
          return { ...this.headers(), ...(position ? { "Last-Event-ID": position } : {}) };
        },
        fetchFn: async (address: string, init: RequestInit) => {
          const answer = await fetch(address, init);
          if (answer.ok) position ??= answer.headers.get("Last-Event-ID"); // where it begins, if it breaks before an event
          return answer.body ? new Response(watched(answer.body), answer) : answer;
        },
        retryAttempts: 0,
      });
      try {
        for await (const event of stream.iterate<Result>({ query: document.toString(), variables })) {
          const { data, errors, extensions } = event as Answer<Result>;
          const code = errors?.[0]?.extensions.code;
          tries = 0;
          position = extensions?.position ?? position;
          if (code === "EVENTS_MISSED") missed();
          else if (code === "TOKEN_EXPIRED") await this.renew(true);
          else if (data) yield data;
          else if (code && code !== "UPSTREAM_UNAVAILABLE") throw new RequestError(code, errors![0]!.message);
        }
      } catch (error) {
        const status = error instanceof NetworkError ? (error.response as Response | undefined)?.status : 0;
        if (status === 401) await this.renew(true); // the token ended while the line was broken; throws when the session did, too
        else if (!(error instanceof NetworkError) || (status && status < 500 && status !== 429)) throw error;
      } finally {
        stream.dispose();
      }
      await pause(Math.min(30_000, 250 * 2 ** Math.min(tries, 7)) * (0.5 + Math.random()));
    }
  }

  private headers(): Record<string, string> {
    return this.session ? { Authorization: `Bearer ${this.session.accessToken}` } : {};
  }

  /** Renews a session that ends within a minute, or one whose access token is over, once for all who wait. */
  private async renew(over = false): Promise<void> {
    if (!this.session || (!over && Date.parse(this.session.expiresAt) - Date.now() > 60_000)) return;
    this.renewing ??= this.exchange(this.session.refreshToken).finally(() => { this.renewing = null; });
    await this.renewing;
  }

  async exchange(token: string): Promise<void> {
    type Renewed = { refreshSession: { session: Session | null; userErrors: { code: string; message: string }[] } };
    const answer = await this.post<Renewed>({ query: RENEW, variables: { token } });
    const renewed = answer.data?.refreshSession;
    if (!renewed?.session) throw new RequestError(renewed?.userErrors[0]?.code ?? "UNAVAILABLE", "Sign in again.");
    this.session = renewed.session;
  }

  private async post<Result>(body: object, key?: string): Promise<Answer<Result>> {
    const answer = await fetch(`${this.address}/graphql`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json", Accept: "application/graphql-response+json",
        ...(key ? { "Idempotency-Key": key } : {}), ...this.headers(),
      },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as Answer<Result>;
  }
}

const pause = (milliseconds: number) => new Promise<void>((resolve) => { setTimeout(resolve, milliseconds); });

/** A body that fails when its line is silent for too long, and whose end is told after what came before it was read. */
function watched(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      let timer: NodeJS.Timeout | undefined;
      const silence = new Promise<never>((_, reject) => { timer = setTimeout(() => reject(new Error("The line is silent.")), SILENCE); });
      try {
        const { done, value } = await Promise.race([reader.read(), silence]);
        if (value) controller.enqueue(value);
        if (!done) return;
        await pause(0);
        controller.close();
      } catch (error) {
        await pause(0);
        controller.error(error);
        await reader.cancel().catch(() => undefined);
      } finally {
        clearTimeout(timer);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
