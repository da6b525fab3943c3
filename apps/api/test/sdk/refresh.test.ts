import { createClient, memoryTokenStore, type Fetch } from "@projostack/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expiredAccessToken, password, startTestServer, type TestServer } from "../kit/index.ts";

let server: TestServer;
let userCount = 0;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** Signs up a user with the SDK and lets the access token expire. */
async function expired(fetch?: Fetch) {
  const tokens = memoryTokenStore();
  const client = createClient({ baseUrl: server.url, tokens, fetch });
  const email = `sdk-${(userCount += 1)}@example.com`;
  const { session } = await client.auth.signUp({ email, password });
  const expire = async () => {
    const kept = await tokens.get();
    if (!kept) throw new Error("Nobody is signed in.");
    await tokens.set({ ...kept, accessToken: await expiredAccessToken(server, session.id) });
  };
  await expire();
  return { client, tokens, expire, sessionId: session.id };
}

async function generationOf(sessionId: string): Promise<number | undefined> {
  const [row] = await server.database.owner<{ generation: number }>(
    "SELECT generation FROM sessions WHERE id = $1",
    [sessionId],
  );
  return row?.generation;
}

describe("The SDK with an expired access token", () => {
  it("S2 refreshes once for eight concurrent calls, and every call succeeds", async () => {
    const { client, sessionId } = await expired();
    const made = await Promise.all(
      Array.from({ length: 8 }, (_, index) => client.workspaces.create({ name: `Engine ${index}` })),
    );
    expect(new Set(made.map(({ id }) => id)).size).toBe(8);
    expect(await generationOf(sessionId)).toBe(2);
  });

  it("continues the session when the reply to every refresh is lost once", async () => {
    const lost = { next: false };
    const losing: Fetch = async (url, init) => {
      const answer = await fetch(url, init);
      if (!url.endsWith("auth.refresh")) return answer;
      lost.next = !lost.next;
      if (!lost.next) return answer;
      await answer.text();
      throw new TypeError("The reply got lost.");
    };
    const { client, expire, sessionId } = await expired(losing);
    for (let step = 2; step <= 6; step += 1) {
      await client.auth.me();
      expect(await generationOf(sessionId)).toBe(step);
      await expire();
    }
  });

  it("S3 deletes its tokens after a thief has used a copy of them", async () => {
    const { client, tokens, expire, sessionId } = await expired();
    const copy = await tokens.get();
    await client.auth.me();
    await expire();
    await client.auth.me();
    const thief = createClient({ baseUrl: server.url, tokens: memoryTokenStore(copy) });
    await expect(thief.auth.me()).rejects.toMatchObject({
      reason: "auth.token_reused",
      operation: "auth.me",
    });
    expect(await generationOf(sessionId)).toBeUndefined();
    await expect(client.auth.me()).rejects.toMatchObject({ reason: "auth.unauthenticated" });
    expect(await tokens.get()).toBeUndefined();
  });

  it("S7 signs out", async () => {
    const { client, tokens, sessionId } = await expired();
    const kept = await tokens.get();
    await client.auth.signOut();
    expect(await generationOf(sessionId)).toBeUndefined();
    const later = createClient({ baseUrl: server.url, tokens: memoryTokenStore(kept) });
    await expect(later.auth.me()).rejects.toMatchObject({ reason: "auth.unauthenticated" });
  });
});
