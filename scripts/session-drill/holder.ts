import {
  createClient,
  isProjoError,
  memoryTokenStore,
  type Client,
  type Fetch,
  type TokenStore,
} from "@projostack/sdk";

/** A client, and the store with its tokens, which the drill looks into as a program should not need to. */
export interface Holder {
  readonly client: Client;
  readonly store: TokenStore;
}

interface Equipment {
  store?: TokenStore;
  fetch?: Fetch;
}

export function strangerAt(baseUrl: string, { store = memoryTokenStore(), fetch }: Equipment = {}): Holder {
  return { client: createClient({ baseUrl, tokens: store, fetch, userAgent: "session-drill" }), store };
}

/** The tokens of whoever is signed in. */
export async function tokensOf(store: TokenStore) {
  const { accessToken, refreshToken, sessionId } = (await store.get()) ?? {};
  if (!accessToken || !refreshToken || !sessionId) throw new Error("The client is not signed in.");
  return { accessToken, refreshToken, sessionId };
}

/** Why a call failed: its reason, or its code when the server said none. `success` when it did not fail. */
export async function refusal(call: PromiseLike<unknown>): Promise<string> {
  try {
    await call;
    return "success";
  } catch (error) {
    if (isProjoError(error)) return error.reason ?? error.code;
    throw error;
  }
}

/** A network that carries calls of an operation to the server, and loses so many of the replies. */
export function dropReplies(operation: string, count: number): Fetch {
  let left = count;
  return async (url, init) => {
    const response = await fetch(url, init);
    if (!url.includes(`/trpc/${operation}`) || left === 0) return response;
    left -= 1;
    await response.text();
    throw new TypeError("The reply got lost.");
  };
}
