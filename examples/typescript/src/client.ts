// A small typed client: persisted documents by hash, tokens renewed before they end, errors as exceptions.
import { createHash } from "node:crypto";
import { createClient } from "graphql-sse";

export interface TypedText<Result, Variables> {
  toString(): string;
  __apiType?: (variables: Variables) => Result;
}

interface Session { accessToken: string; refreshToken: string; expiresAt: string }
interface Answer<Result> {
  data?: Result | null;
  errors?: { message: string; path?: (string | number)[]; extensions: { code: string; requestId: string } }[];
}

export class RequestError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

const FIRST_PAUSE = 250; // milliseconds before a stream is opened again
const LONGEST_PAUSE = 10_000;
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
   * Tells each result of a subscription that takes `after`, once, over lines that break and tokens that end: it asks again for what
   * came after the last object that it was sent. An error in a result says that a service is away; the server goes on by itself.
   * Returns what ends it.
   */
  follow<Result extends Record<string, unknown>, Variables extends Record<string, unknown>>(
    document: TypedText<Result, Variables>, variables: Variables, heard: (data: Result) => void,
  ): () => void {
    const headers = async () => {
      await this.renew();
      return this.headers();
    };
    const stream = createClient({ url: `${this.address}/graphql/stream`, headers, retryAttempts: 0 });
    let after = variables.after;
    let pause = FIRST_PAUSE;
    let timer: NodeJS.Timeout | undefined;
    let ended = false;
    let close = () => {};

    const again = () => {
      if (ended) return;
      timer = setTimeout(open, pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    };
    const open = () => {
      close = stream.subscribe<Result>({ query: document.toString(), variables: { ...variables, after } }, {
        next(result) {
          if (ended || result.errors || !result.data) return;
          after = (Object.values(result.data)[0] as { id: string }).id;
          pause = FIRST_PAUSE;
          heard(result.data);
        },
        error: again,
        complete: again,
      });
    };
    open();
    return () => {
      ended = true;
      clearTimeout(timer);
      close();
    };
  }

  private headers(): Record<string, string> {
    return this.session ? { Authorization: `Bearer ${this.session.accessToken}` } : {};
  }

  /** Renews a session that ends within a minute, once for all who wait. */
  private async renew(): Promise<void> {
    if (!this.session || Date.parse(this.session.expiresAt) - Date.now() > 60_000) return;
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
