import {
  createClient,
  isProjoError,
  memoryTokenStore,
  type Client,
  type Fetch,
  type TokenStore,
} from "@projostack/sdk";

/** A client and its token store. Other programs do not need to read the store. */
export interface SignedInClient {
  readonly client: Client;
  readonly store: TokenStore;
}

interface ClientParts {
  store?: TokenStore;
  fetch?: Fetch;
}

/** Creates a client that is not signed in, unless the store contains tokens. */
export function newClient(
  baseUrl: string,
  { store = memoryTokenStore(), fetch }: ClientParts = {},
): SignedInClient {
  return { client: createClient({ baseUrl, tokens: store, fetch, userAgent: "session-drill" }), store };
}

/** Reads the tokens of a store. @throws Error if the client is not signed in */
export async function tokensOf(store: TokenStore) {
  const { accessToken, refreshToken, sessionId } = (await store.get()) ?? {};
  if (!accessToken || !refreshToken || !sessionId) throw new Error("The client is not signed in.");
  return { accessToken, refreshToken, sessionId };
}

/** Returns the reason of a failed call, its code if there is no reason, or `success` if the call succeeded. */
export async function refusal(call: PromiseLike<unknown>): Promise<string> {
  try {
    await call;
    return "success";
  } catch (error) {
    if (isProjoError(error)) return error.reason ?? error.code;
    throw error;
  }
}

/** Returns a fetch function that sends every call but drops the first `count` replies to an operation. */
export function dropReplies(operation: string, count: number): Fetch {
  let left = count;
  return async (url, init) => {
    const response = await fetch(url, init);
    if (!url.includes(`/trpc/${operation}`) || left === 0) return response;
    left -= 1;
    await response.text();
    // As the fetch of Node.js reports a lost connection.
    throw new TypeError("fetch failed");
  };
}
