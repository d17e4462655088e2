/** Requests to the API: trusted documents by their id, and errors that name their request. */

export type Answer = {
  data: Record<string, unknown> | null;
  errors?: { message: string; path?: (string | number)[]; extensions?: { code?: string; requestId?: string } }[];
  requestId: string | null;
};

/** A request that failed as a whole. `code` is one of the API's, or OFFLINE where nothing answered. */
export class ApiError extends Error {
  readonly code: string;
  readonly requestId: string | null;

  constructor(code: string, message: string, requestId: string | null) {
    super(message);
    this.code = code;
    this.requestId = requestId;
  }
}

/**
 * Run a document.
 *
 * @param id - of the document, which the app's manifest names.
 * @param token - an access token; null for a request without one.
 * @param headers - besides those that each request has.
 * @throws ApiError where there is no answer of the API.
 */
export async function call(
  id: string,
  variables: Record<string, unknown>,
  token: string | null,
  headers: Record<string, string> = {},
): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch("/graphql", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/graphql-response+json",
        "accept-language": document.documentElement.lang,
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: JSON.stringify({ documentId: id, variables }),
    });
  } catch {
    throw new ApiError("OFFLINE", "", null);
  }
  const requestId = response.headers.get("x-request-id");
  try {
    return { ...(await response.json()), requestId };
  } catch {
    throw new ApiError("UNKNOWN", "", requestId);
  }
}
