// A network with too many refused credentials gets 429. Other networks and callers with genuine credentials do not.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemRandomness } from "../../src/runtime/randomness.ts";
import { call, expiredAccessToken, startTestServer, type Answer, type TestServer } from "../kit/index.ts";
import { joined, keyOf, newTeam, type Team } from "../members/team.ts";
import { keyOf as plantKey } from "../mutants/attackers.ts";
import { newHolder, refreshWith } from "../sessions/holder.ts";

// A tenth of the default limits: 60 refusals per minute and network.
let server: TestServer;
let team: Team;
/** A service key without a checksum, from an older build, that has worked at this server. */
let usedKey: Awaited<ReturnType<typeof plantKey>>;
beforeAll(async () => {
  server = await startTestServer({ PROJO_LIMITS: "0.1", PROJO_TRUSTED_PROXIES: "127.0.0.1" });
  team = await newTeam(server);
  usedKey = await olderKey();
  await usedKey.call("projects.list");
});
afterAll(() => server.close());

const olderKey = () =>
  plantKey(server, { id: team.id, admin: team.founder }, { role: "member", scopes: ["project:read"] });
const forged = () => `pja_${systemRandomness.bytes(72).toString("base64url")}`;
const guessOf = (prefix: string, bytes: number) =>
  prefix + systemRandomness.bytes(bytes).toString("base64url");
const me = (token: string) => call(server.url, "auth.me", { token });
const seen = ({ status, error }: Answer) => `${status} ${error?.reason ?? ""}`.trim();

/** Sends forged tokens until the network exceeds its limit. @returns the number of 401 responses */
async function exhaust(): Promise<number> {
  for (let refused = 0; refused < 100; refused += 1) if ((await me(forged())).status === 429) return refused;
  throw new Error("The limit did not apply after 100 refusals.");
}

/** Runs work while the network exceeds its limit, and repeats it if the minute ended meanwhile. */
async function whileOverLimit<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0; tries < 5; tries += 1) {
    await exhaust();
    const result = await work();
    if ((await me(forged())).status === 429) return result;
  }
  throw new Error("The minute ended in every attempt.");
}

describe("A network with too many refused credentials", () => {
  it("I14 gets 429 with the time to wait", async () => {
    const answer = await whileOverLimit(() => me(forged()));
    expect(seen(answer)).toBe("429 limit.exceeded");
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(Number(answer.headers.get("retry-after"))).toBeLessThanOrEqual(60);
  });

  it("gets 429 for every kind of invalid credential", async () => {
    const founder = team.founder.token;
    const tries: readonly (readonly [string, () => Promise<Answer>])[] = [
      ["a refresh token", () => refreshWith(server.url, guessOf("pjr_", 66))],
      ["a mailed link", () => call(server.url, "email.verify", { input: { token: guessOf("pjo_", 62) } })],
      ["an invite", () => call(server.url, "invites.preview", { input: { token: guessOf("pji_", 32) } })],
      [
        "an invite in a user's call",
        () => call(server.url, "invites.accept", { token: founder, input: { token: guessOf("pji_", 32) } }),
      ],
      ["a service key", () => call(server.url, "tasks.list", { token: guessOf("pjk_", 52) })],
      ["random text", () => call(server.url, "tasks.list", { token: "anything" })],
    ];
    const answers = await whileOverLimit(async () => {
      const all: string[] = [];
      for (const [kind, attempt] of tries) all.push(`${kind}: ${seen(await attempt())}`);
      return all;
    });
    expect(answers).toEqual(tries.map(([kind]) => `${kind}: 429 limit.exceeded`));
  });

  it("leaves valid tokens of its other users working, and expired ones refreshable", async () => {
    const holder = await newHolder(server);
    const [fresh, gone] = [await joined(server, team, "member"), await newHolder(server)];
    await server.database.owner("DELETE FROM sessions WHERE id = $1", [gone.sessionId]);
    const [expired, ended] = [await expiredAccessToken(server, holder.sessionId), await gone.access(1)];
    const answers = await whileOverLimit(async () => ({
      fresh: seen(await fresh.call("tasks.list", {}, team.id)),
      expired: seen(await me(expired)),
      ended: seen(await me(ended)),
    }));
    expect(answers).toEqual({
      fresh: "200",
      expired: "401 auth.unauthenticated",
      ended: "401 auth.unauthenticated",
    });
    expect(await whileOverLimit(async () => seen(await refreshWith(server.url, holder.refresh(1))))).toBe(
      "200",
    );
  });

  it("can use service keys of this build, and older keys that have worked recently", async () => {
    const key = await keyOf(team.founder, team);
    const unusedKey = await olderKey();
    const answers = await whileOverLimit(async () => [
      seen(await call(server.url, "projects.list", { token: key.token })),
      seen(await usedKey.call("projects.list")),
      seen(await unusedKey.call("projects.list")),
    ]);
    expect(answers).toEqual(["200", "200", "429 limit.exceeded"]);
  });

  it("R1 I14 counts each call of a batch and no call without a token", async () => {
    const headers = { "x-forwarded-for": "203.0.113.1" };
    for (let times = 0; times < 70; times += 1)
      expect((await call(server.url, "auth.me", { headers })).status).toBe(401);
    const names = Array.from({ length: 10 }, () => "auth.me").join(",");
    const batch = async () => {
      const authorization = `Bearer ${forged()}`;
      const url = `${server.url}/trpc/${names}?batch=1&input={}`;
      return (await fetch(url, { headers: { ...headers, authorization } })).status;
    };
    const statuses: number[] = [];
    for (let times = 0; times < 7; times += 1) statuses.push(await batch());
    expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 429]);
  });
});

describe("A genuine token of an ended session", () => {
  it("counts separately from other callers of the same network", async () => {
    const address = "198.51.100.7";
    const { sessionId, access } = await newHolder(server);
    await server.database.owner("DELETE FROM sessions WHERE id = $1", [sessionId]);
    const client = server.callAs({ token: await access(1), device: { ip: address } });
    const reasons = new Map<string, number>();
    for (let times = 0; times < 70; times += 1) {
      const reason = await client.auth.me().then(
        () => "none",
        (error: { reason: string }) => error.reason,
      );
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    expect([...reasons.keys()]).toEqual(["auth.unauthenticated", "limit.exceeded"]);
    expect(reasons.get("auth.unauthenticated")).toBeGreaterThanOrEqual(60);
    const other = server.callAs({ token: `pjk_${randomUUID()}`, device: { ip: address } });
    await expect(other.auth.me()).rejects.toMatchObject({ reason: "auth.unauthenticated" });
  });
});
