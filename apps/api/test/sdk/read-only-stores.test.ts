// A token store that cannot write, such as the cookies of a server component, keeps the session. The use of a new access token
// confirms the step of the session, and 30 seconds later the server ends the session when it gets the old refresh token. So the
// client never uses tokens that the store does not keep.
import { createClient, isProjoError, memoryTokenStore, type Tokens, type TokenStore } from "@projostack/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expiredAccessToken, password, startTestServer, type TestServer } from "../kit/index.ts";
import { ageSession, sessionRow } from "../sessions/holder.ts";

let server: TestServer;
let userCount = 0;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** Signs up a user. @returns the tokens as in the user's cookies, with an expired access token */
async function signedUp() {
  const tokens = memoryTokenStore();
  const client = createClient({ baseUrl: server.url, tokens });
  const email = `reader-${(userCount += 1)}@example.com`;
  const { session } = await client.auth.signUp({ email, password });
  const kept = await tokens.get();
  if (!kept) throw new Error("Nobody is signed in.");
  return {
    sessionId: session.id,
    cookies: { ...kept, accessToken: await expiredAccessToken(server, session.id) },
  };
}

const cannotWrite = new Error("Cookies can only be modified in a Server Action or Route Handler.");
const refuse = () => {
  throw cannotWrite;
};
const readOnly = [
  {
    kind: "throws in set",
    storeOf: (cookies: Tokens): TokenStore => ({ get: () => cookies, set: refuse, clear: refuse }),
    problem: "failed: Error: Cookies can only be modified in a Server Action or Route Handler.",
    cause: cannotWrite,
  },
  {
    kind: "ignores set",
    storeOf: (cookies: Tokens): TokenStore => ({ get: () => cookies, set: () => {}, clear: () => {} }),
    problem: "did not store the new tokens: tokens.get returns the previous ones.",
    cause: undefined,
  },
];

describe("A store that cannot write", () => {
  it.each(readOnly)(
    "the session continues hours later, and the error tells the cause: it $kind",
    async ({ storeOf, problem, cause }) => {
      const { sessionId, cookies } = await signedUp();
      for (let request = 0; request < 3; request += 1) {
        // Each request of a server component has a store and a client of its own.
        const client = createClient({ baseUrl: server.url, tokens: storeOf(cookies) });
        const error: unknown = await client.auth.me().catch((reason: unknown) => reason);
        expect(isProjoError(error) && error).toMatchObject({
          code: "CALLBACK_FAILED",
          operation: "auth.me",
          mayHaveBeenCarriedOut: false,
          message: expect.stringContaining(`The function tokens.set of the client's options ${problem}`),
        });
        expect((error as Error).cause).toBe(cause);
        expect(String(error)).toContain("so the session continues with those in the store");
        expect(await sessionRow(server, sessionId)).toMatchObject({ generation: 2, confirmed: false });
        await ageSession(server, sessionId, request === 0 ? 31 : 7200);
      }
      const tokens = memoryTokenStore(cookies);
      const client = createClient({ baseUrl: server.url, tokens });
      expect(await client.auth.me()).toMatchObject({ session: { id: sessionId } });
      expect(await sessionRow(server, sessionId)).toMatchObject({ generation: 2, confirmed: true });
      expect((await tokens.get())?.refreshToken).not.toBe(cookies.refreshToken);
    },
  );

  it("S3 would lose its session after 30 seconds if the client used the new tokens", async () => {
    const { sessionId, cookies } = await signedUp();
    const refreshToken = cookies.refreshToken ?? "";
    const anonymous = createClient({ baseUrl: server.url });
    const { accessToken } = await anonymous.auth.refresh({ refreshToken });
    await createClient({ baseUrl: server.url, token: accessToken }).auth.me();
    await ageSession(server, sessionId, 31);
    await expect(anonymous.auth.refresh({ refreshToken })).rejects.toMatchObject({
      reason: "auth.token_reused",
    });
    expect(await sessionRow(server, sessionId)).toBeUndefined();
  });

  it("can write later: the next call stores the same successor and uses it", async () => {
    const { sessionId, cookies } = await signedUp();
    let stored: Tokens = cookies;
    let isFull = true;
    const tokens: TokenStore = {
      get: () => stored,
      set: (changed) => {
        if (isFull) throw new Error("The disk is full.");
        stored = changed;
      },
      clear: () => {},
    };
    const client = createClient({ baseUrl: server.url, tokens });
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => client.auth.me()));
    expect(results.every(({ status }) => status === "rejected")).toBe(true);
    await ageSession(server, sessionId, 60);
    isFull = false;
    expect(await client.auth.me()).toMatchObject({ session: { id: sessionId } });
    expect(await sessionRow(server, sessionId)).toMatchObject({ generation: 2, confirmed: true });
  });
});
