import { randomBytes } from "node:crypto";
import { ROUNDS } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseKeyRing } from "../../src/identity/key-ring.ts";
import { startTestServer, type TestServer } from "../kit/index.ts";
import { letPass, me, newHolder, refreshWith, rowOf, unlimited } from "./holder.ts";

// Two servers over one database, as in a deployment that does not go down for an update.
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

describe("fifty calls at once that refresh with one token", () => {
  const cases: [string, (at: number) => string][] = [
    ["one server", () => server.url],
    ["two servers over one database", (at) => (at % 2 === 0 ? server : sibling).url],
  ];
  it.each(cases)(
    "S2 move the session on by one step, and are all told the same, at %s",
    async (_, urlOf) => {
      const { sessionId, refresh } = await holder();
      for (let round = 1; round <= ROUNDS; round += 1) {
        const answers = await Promise.all(
          Array.from({ length: PARALLEL }, (__, at) => refreshWith(urlOf(at), refresh(round))),
        );
        expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
        const told = new Set(answers.map(({ data }) => data.refreshToken));
        expect(told).toEqual(new Set([refresh(round + 1)]));
        expect((await rowOf(server, sessionId))?.generation).toBe(round + 1);
        const used = await me(urlOf(round), answers[round % PARALLEL]?.data.accessToken ?? "");
        expect(used.status).toBe(200);
      }
    },
    240_000,
  );
});

describe("a refresh token that was used already", () => {
  it("S3 ends the session when it is older than the last: every token of it fails from then on, and it is on record", async () => {
    const { person, sessionId, refresh, access } = await holder();
    expect((await refreshWith(server.url, refresh(1))).status).toBe(200);
    expect((await refreshWith(server.url, refresh(2))).status).toBe(200);
    const current = await access(3);
    expect((await me(server.url, current)).status).toBe(200);

    const replay = await refreshWith(server.url, refresh(1));
    expect([replay.status, replay.error?.reason]).toEqual([401, "auth.token_reused"]);
    expect(await rowOf(server, sessionId)).toBeUndefined();
    const [event] = await eventsOf(sessionId);
    expect(event).toMatchObject({
      action: "token.reused",
      user_id: person.id,
      request_id: replay.headers.get("x-request-id"),
    });

    for (const token of [refresh(1), refresh(2), refresh(3)]) {
      const answer = await refreshWith(server.url, token);
      expect([answer.status, answer.error?.reason]).toEqual([401, "auth.unauthenticated"]);
    }
    for (const token of [await access(1), await access(2), current]) {
      expect((await me(server.url, token)).status).toBe(401);
    }
  });

  it("S3 ends the session once, and for good, though fifty use it at once", async () => {
    const { sessionId, refresh } = await holder();
    await refreshWith(server.url, refresh(1));
    await refreshWith(server.url, refresh(2));
    const answers = await Promise.all(
      Array.from({ length: PARALLEL }, (_, at) => refreshWith((at % 2 ? server : sibling).url, refresh(1))),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: PARALLEL }, () => 401));
    expect(await rowOf(server, sessionId)).toBeUndefined();
    expect(await eventsOf(sessionId)).toHaveLength(1);
  });

  it("gives the same successor within half a minute, though that was used", async () => {
    const { sessionId, refresh } = await holder();
    const first = await refreshWith(server.url, refresh(1));
    expect((await me(server.url, first.data.accessToken)).status).toBe(200);
    expect(await rowOf(server, sessionId)).toMatchObject({ generation: 2, confirmed: true });
    await letPass(server, sessionId, 25);
    const second = await refreshWith(server.url, refresh(1));
    expect(second.data).toMatchObject({ refreshToken: first.data.refreshToken });
    expect((await me(server.url, second.data.accessToken)).status).toBe(200);
  });

  it("gives the same successor days later, when its reply was lost and nothing of it was ever used", async () => {
    const { sessionId, refresh } = await holder();
    const lost = await refreshWith(server.url, refresh(1));
    await letPass(server, sessionId, 3 * 24 * 60 * 60);
    const again = await refreshWith(server.url, refresh(1));
    expect(again.data).toMatchObject({ refreshToken: lost.data.refreshToken });
    expect((await me(server.url, again.data.accessToken)).status).toBe(200);
    expect((await refreshWith(server.url, again.data.refreshToken)).status).toBe(200);
  });

  it("S3 ends the session half a minute later, when the successor's access token was used", async () => {
    const { sessionId, refresh } = await holder();
    const first = await refreshWith(server.url, refresh(1));
    expect((await me(server.url, first.data.accessToken)).status).toBe(200);
    await letPass(server, sessionId, 35);
    const replay = await refreshWith(server.url, refresh(1));
    expect([replay.status, replay.error?.reason]).toEqual([401, "auth.token_reused"]);
    expect(await rowOf(server, sessionId)).toBeUndefined();
  });
});

describe("a refresh token from the future, as after a backup was restored", () => {
  it("is refused, ends nothing, and is an error in the log that somebody should look at", async () => {
    const { sessionId, refresh, access } = await holder();
    const before = server.logLines.length;
    const answer = await refreshWith(server.url, refresh(5));
    expect([answer.status, answer.error?.reason]).toEqual([401, "auth.unauthenticated"]);
    expect((await me(server.url, await access(5))).status).toBe(401);
    expect((await rowOf(server, sessionId))?.generation).toBe(1);
    const errors = server.logLines
      .slice(before)
      .map((line) => JSON.parse(line) as { level: number; sessionId?: string; msg: string })
      .filter(({ level }) => level >= 50);
    expect(errors).toEqual([expect.objectContaining({ sessionId, msg: expect.stringContaining("ahead") })]);
    expect((await refreshWith(server.url, refresh(1))).status).toBe(200);
  });
});
