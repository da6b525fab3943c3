import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type Answer, type TestServer } from "../kit/index.ts";
import { ageSession, me, newHolder, refreshWith, sessionRow } from "./holder.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** Calls with the access token from a refresh, and returns the status. */
const statusOf = async ({ data }: Answer): Promise<number> =>
  (await me(server.url, String(data.accessToken))).status;

describe("A refresh whose reply was lost", () => {
  it("S3 can be repeated an hour later by two tabs, the second after the first has used its new tokens", async () => {
    const { sessionId, refresh } = await newHolder(server);
    const lost = await refreshWith(server.url, refresh(1));
    await ageSession(server, sessionId, 3_600);

    const firstTab = await refreshWith(server.url, refresh(1));
    expect(await statusOf(firstTab)).toBe(200);
    const secondTab = await refreshWith(server.url, refresh(1));
    expect(secondTab.data).toMatchObject({ refreshToken: lost.data.refreshToken });
    expect(await statusOf(secondTab)).toBe(200);
  });

  it("S3 leaves access tokens that become invalid when the refresh is repeated", async () => {
    const { sessionId, refresh, access } = await newHolder(server);
    await refreshWith(server.url, refresh(1));
    await ageSession(server, sessionId, 300);
    // The access token that a thief got, who refreshed five minutes before the owner.
    const kept = await access(2, 300);

    const owner = await refreshWith(server.url, refresh(1));
    expect((await me(server.url, kept)).status).toBe(401);
    expect(await sessionRow(server, sessionId)).toMatchObject({ generation: 2, confirmed: false });
    expect(await statusOf(owner)).toBe(200);
    expect((await me(server.url, kept)).status).toBe(401);
  });

  it("S3 leaves the access tokens of the last 30 seconds valid, which concurrent refreshes got", async () => {
    const { sessionId, refresh, access } = await newHolder(server);
    await refreshWith(server.url, refresh(1));
    await ageSession(server, sessionId, 10);
    const firstTabs = await access(2, 590);
    const secondTab = await refreshWith(server.url, refresh(1));
    expect((await me(server.url, firstTabs)).status).toBe(200);
    expect(await statusOf(secondTab)).toBe(200);
  });

  it("S3 changes nothing if its tokens are used, or another call is faster, between the read of the row and the update", async () => {
    const { sessionId, refresh, access } = await newHolder(server);
    await refreshWith(server.url, refresh(1));
    const { sessions } = server.database.db;
    const read = await sessions.find(sessionId, null);
    if (!read) throw new Error("The session is not there.");
    await ageSession(server, sessionId, 60);
    expect(await sessions.renew(sessionId, read.session)).toBe(false);
    const readAgain = await sessions.find(sessionId, null);
    if (!readAgain) throw new Error("The session is not there.");
    expect((await me(server.url, await access(2))).status).toBe(200);
    expect(await sessions.renew(sessionId, readAgain.session)).toBe(false);
    expect(await sessions.renew(sessionId, { ...readAgain.session, generation: 1 })).toBe(false);
  });

  it("S3 can be repeated after the use of an older access token, which remains valid until it expires", async () => {
    const { sessionId, refresh, access } = await newHolder(server);
    await refreshWith(server.url, refresh(1));
    expect((await me(server.url, await access(1, 300))).status).toBe(200);
    expect(await sessionRow(server, sessionId)).toMatchObject({ generation: 2, confirmed: false });
    await ageSession(server, sessionId, 60);
    const again = await refreshWith(server.url, refresh(1));
    expect(again.status).toBe(200);
    expect(await statusOf(again)).toBe(200);
  });

  it("S3 ends the session if it is repeated after its tokens were used", async () => {
    const { sessionId, refresh } = await newHolder(server);
    const kept = await refreshWith(server.url, refresh(1));
    expect(await statusOf(kept)).toBe(200);
    await ageSession(server, sessionId, 31);
    const owner = await refreshWith(server.url, refresh(1));
    expect([owner.status, owner.error?.reason]).toEqual([401, "auth.token_reused"]);
    expect(await sessionRow(server, sessionId)).toBeUndefined();
  });
});
