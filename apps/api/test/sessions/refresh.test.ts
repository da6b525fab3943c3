import { randomBytes } from "node:crypto";
import { ROUNDS } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseKeyRing } from "../../src/identity/key-ring.ts";
import { startTestServer, type TestServer } from "../kit/index.ts";
import { ageSession, me, newHolder, refreshWith, sessionRow, unlimited } from "./holder.ts";

// Two servers over one database, as in a deployment without downtime.
const PROJO_TOKEN_KEYS = `1:${randomBytes(32).toString("base64url")}`;
const keys = parseKeyRing(PROJO_TOKEN_KEYS);
let server: TestServer;
let sibling: TestServer;
beforeAll(async () => {
  server = await startTestServer({ ...unlimited, PROJO_TOKEN_KEYS });
  sibling = await startTestServer({ ...unlimited, PROJO_TOKEN_KEYS, DATABASE_URL: server.database.url });
});
afterAll(async () => {
  await sibling.close();
  await server.close();
});

const PARALLEL = 50;

const holder = () => newHolder(server, keys);

const eventsOf = (sessionId: string) =>
  server.database.owner<{ action: string; outcome: string; user_id: string; request_id: string }>(
    "SELECT * FROM account_events WHERE session_id = $1",
    [sessionId],
  );

describe("Fifty concurrent refreshes with one token", () => {
  const cases: [string, (at: number) => string][] = [
    ["one server", () => server.url],
    ["two servers over one database", (at) => (at % 2 === 0 ? server : sibling).url],
  ];
  it.each(cases)(
    "S2 advance the session by one step and return the same refresh token, at %s",
    async (_, urlOf) => {
      const { sessionId, refresh } = await holder();
      for (let round = 1; round <= ROUNDS; round += 1) {
        const answers = await Promise.all(
          Array.from({ length: PARALLEL }, (__, at) => refreshWith(urlOf(at), refresh(round))),
        );
        expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
        const returned = new Set(answers.map(({ data }) => data.refreshToken));
        expect(returned).toEqual(new Set([refresh(round + 1)]));
        expect((await sessionRow(server, sessionId))?.generation).toBe(round + 1);
        const used = await me(urlOf(round), answers[round % PARALLEL]?.data.accessToken ?? "");
        expect(used.status).toBe(200);
      }
    },
    240_000,
  );
});

describe("A spent refresh token", () => {
  it("S3 ends the session if it is older than the previous one, and the server records an event", async () => {
    const { person, sessionId, refresh, access } = await holder();
    expect((await refreshWith(server.url, refresh(1))).status).toBe(200);
    expect((await refreshWith(server.url, refresh(2))).status).toBe(200);
    const current = await access(3);
    expect((await me(server.url, current)).status).toBe(200);

    const replay = await refreshWith(server.url, refresh(1));
    expect([replay.status, replay.error?.reason]).toEqual([401, "auth.token_reused"]);
    expect(await sessionRow(server, sessionId)).toBeUndefined();
    const [event] = await eventsOf(sessionId);
    expect(event).toMatchObject({
      action: "token.reused",
      user_id: person.id,
      request_id: replay.headers.get("x-request-id"),
    });
    const reused = server.logLines.filter((line) => line.includes("an old refresh token was used again"));
    expect(reused.map((line) => JSON.parse(line) as object)).toContainEqual(
      expect.objectContaining({ sessionId, userId: person.id }),
    );

    for (const token of [refresh(1), refresh(2), refresh(3)]) {
      const answer = await refreshWith(server.url, token);
      expect([answer.status, answer.error?.reason]).toEqual([401, "auth.unauthenticated"]);
    }
    for (const token of [await access(1), await access(2), current]) {
      expect((await me(server.url, token)).status).toBe(401);
    }
  });

  it("S3 ends the session exactly once, also in fifty concurrent calls", async () => {
    const { sessionId, refresh } = await holder();
    await refreshWith(server.url, refresh(1));
    await refreshWith(server.url, refresh(2));
    const answers = await Promise.all(
      Array.from({ length: PARALLEL }, (_, at) => refreshWith((at % 2 ? server : sibling).url, refresh(1))),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: PARALLEL }, () => 401));
    expect(await sessionRow(server, sessionId)).toBeUndefined();
    expect(await eventsOf(sessionId)).toHaveLength(1);
  });

  it("returns the same successor for 30 seconds, although the successor was used", async () => {
    const { sessionId, refresh } = await holder();
    const first = await refreshWith(server.url, refresh(1));
    expect((await me(server.url, first.data.accessToken)).status).toBe(200);
    expect(await sessionRow(server, sessionId)).toMatchObject({ generation: 2, confirmed: true });
    await ageSession(server, sessionId, 25);
    const second = await refreshWith(server.url, refresh(1));
    expect(second.data).toMatchObject({ refreshToken: first.data.refreshToken });
    expect((await me(server.url, second.data.accessToken)).status).toBe(200);
  });

  it("returns the same successor days later, if no token of the lost reply was used", async () => {
    const { sessionId, refresh } = await holder();
    const lost = await refreshWith(server.url, refresh(1));
    await ageSession(server, sessionId, 3 * 24 * 60 * 60);
    const again = await refreshWith(server.url, refresh(1));
    expect(again.data).toMatchObject({ refreshToken: lost.data.refreshToken });
    expect((await me(server.url, again.data.accessToken)).status).toBe(200);
    expect((await refreshWith(server.url, again.data.refreshToken)).status).toBe(200);
  });

  it("S3 ends the session after more than 30 seconds, if the successor's access token was used", async () => {
    const { sessionId, refresh } = await holder();
    const first = await refreshWith(server.url, refresh(1));
    expect((await me(server.url, first.data.accessToken)).status).toBe(200);
    await ageSession(server, sessionId, 35);
    const replay = await refreshWith(server.url, refresh(1));
    expect([replay.status, replay.error?.reason]).toEqual([401, "auth.token_reused"]);
    expect(await sessionRow(server, sessionId)).toBeUndefined();
  });
});

describe("A refresh token with a newer generation than the database, as after the restore of a backup,", () => {
  it("gets 401, ends no session, and causes an error in the log", async () => {
    const { sessionId, refresh, access } = await holder();
    const before = server.logLines.length;
    const answer = await refreshWith(server.url, refresh(5));
    expect([answer.status, answer.error?.reason]).toEqual([401, "auth.unauthenticated"]);
    expect((await me(server.url, await access(5))).status).toBe(401);
    expect((await sessionRow(server, sessionId))?.generation).toBe(1);
    const errors = server.logLines
      .slice(before)
      .map((line) => JSON.parse(line) as { level: number; sessionId?: string; msg: string })
      .filter(({ level }) => level >= 50);
    expect(errors).toEqual([expect.objectContaining({ sessionId, msg: expect.stringContaining("ahead") })]);
    expect((await refreshWith(server.url, refresh(1))).status).toBe(200);
  });
});
