// A6 Servers that use one database compare their keys and their limiters before they serve.
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { bySuite, createTestDatabase, type TestDatabase } from "@projostack/db/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { thisMachine } from "../../src/runtime/machine.ts";
import { arrive, call, eventually, startProgram, type TestServer } from "../kit/index.ts";
import { exposed, newKey, production, refusalOf, startOver } from "./production-server.ts";

let database: TestDatabase;
const servers: TestServer[] = [];
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await database.drop();
});

const start = async (env: Readonly<Record<string, string>>): Promise<TestServer> => {
  const server = await startOver(database, env);
  servers.push(server);
  return server;
};
const withKeys = (keys: string) => ({ ...exposed, PROJO_TOKEN_KEYS: keys });

const rows = () =>
  database.owner<{ id: string; checks: { kid: number; check: string }[]; limiter: string; seenAt: Date }>(
    'SELECT id, key_checks AS checks, limiter, seen_at AS "seenAt" FROM servers ORDER BY started_at',
  );

/** Inserts the row of a server with unknown keys, which renewed it so many seconds ago. */
const insertRow = async (
  secondsAgo: number,
  { place = "another boot", processId = 1, host = "web-2" } = {},
): Promise<void> => {
  await database.owner(
    `INSERT INTO servers (id, host, place, process_id, key_checks, limiter, seen_at)
     VALUES ($1, $2, $3, $4, '[{"kid": 1, "check": "00112233445566778899aabbccddeeff"}]', 'network',
             now() - make_interval(secs => $5))`,
    [randomUUID(), host, place, processId, secondsAgo],
  );
};

const NAME = String.raw`the server on \S+ \(process \d+, started \d{4}-\d\d-\d\dT[\d:.]+Z\)`;

describe("the keys of living servers", () => {
  it("servers with the same keys serve together, and remove their rows at the end", async () => {
    const keys = `1:${newKey()}`;
    const first = await start(withKeys(keys));
    const second = await start(withKeys(keys));
    const ada = await arrive(first, "ada");
    expect((await call(second.url, "auth.me", { token: ada.token })).status).toBe(200);
    const [one, other] = await rows();
    expect(one?.checks[0]).toMatchObject({ kid: 1, check: expect.stringMatching(/^[\da-f]{32}$/) as string });
    // The checks of one key differ, so they do not show which deployments share it.
    expect(one?.checks[0]?.check).not.toBe(other?.checks[0]?.check);
    await Promise.all(servers.splice(0).map((server) => server.close()));
    expect(await rows()).toEqual([]);
  });

  it("a server with another key of the same kid does not start", async () => {
    await start(withKeys(`1:${newKey()}`));
    expect(await refusalOf(database, withKeys(`1:${newKey()}`))).toMatch(
      new RegExp(
        `^PROJO_TOKEN_KEYS has another key with the kid 1 than ${NAME}: each would refuse the tokens of the other\\. Set the same keys in all servers, and give a new key a new kid \\(docs/operating/rotate-keys\\.md\\)\\.$`,
      ),
    );
    expect(await rows()).toHaveLength(1);
  });

  it("a server that lacks the signing key of another does not start", async () => {
    const [old, next] = [`1:${newKey()}`, `2:${newKey()}`];
    await start(withKeys(`${next},${old}`));
    expect(await refusalOf(database, withKeys(old))).toMatch(
      new RegExp(
        `^PROJO_TOKEN_KEYS lacks the key with the kid 2, with which ${NAME} signs: .* Add that key `,
      ),
    );
  });

  it("a server that signs with a key which another lacks does not start", async () => {
    const [old, next] = [`1:${newKey()}`, `2:${newKey()}`];
    await start(withKeys(old));
    await start(withKeys(old));
    expect(await refusalOf(database, withKeys(`${next},${old}`))).toMatch(
      new RegExp(
        `^PROJO_TOKEN_KEYS begins with the kid 2, which is unknown to ${NAME} and ${NAME}: .* Append the key in all servers first, then move it to the front `,
      ),
    );
  });

  it("every step of the documented rotation lets two servers run, and keeps a user signed in", async () => {
    const [old, next] = [`1:${newKey()}`, `2:${newKey()}`];
    const steps = [old, `${old},${next}`, `${next},${old}`, next];
    const [zero = "", ...later] = steps;
    let [a, b] = [await startOver(database, withKeys(zero)), await startOver(database, withKeys(zero))];
    let { token, refreshToken } = await arriveWithRefresh(a);
    const isSignedIn = async (server: TestServer) =>
      (await call(server.url, "auth.me", { token })).status === 200;
    for (const keys of later) {
      await a.close();
      a = await startOver(database, withKeys(keys));
      expect([await isSignedIn(a), await isSignedIn(b)], keys.replaceAll(/:[^,]+/g, "")).toEqual([
        true,
        true,
      ]);
      ({ token, refreshToken } = await refresh(a, refreshToken));
      expect(await isSignedIn(b)).toBe(true);
      await b.close();
      b = await startOver(database, withKeys(keys));
      ({ token, refreshToken } = await refresh(b, refreshToken));
    }
    servers.push(a, b);
    expect((await rows()).map(({ checks }) => checks.map(({ kid }) => kid))).toEqual([[2], [2]]);
  });

  it("of servers that start at the same time with different keys, all that start have the same keys", async () => {
    for (let round = 0; round < bySuite({ short: 1, full: 10 }); round++) {
      const keys = [`1:${newKey()}`, `1:${newKey()}`];
      const attempts = await Promise.allSettled(
        [0, 1, 0, 1].map((which) => startOver(database, withKeys(keys[which] ?? ""))),
      );
      const started = attempts.flatMap((attempt, place) =>
        attempt.status === "fulfilled" ? [{ which: place % 2, server: attempt.value }] : [],
      );
      await Promise.all(started.map(({ server }) => server.close()));
      const refusals = attempts.flatMap((attempt) =>
        attempt.status === "rejected" ? [(attempt.reason as Error).name] : [],
      );
      expect(new Set(started.map(({ which }) => which)).size).toBe(1);
      expect(refusals).toEqual(["LivingServersError", "LivingServersError"]);
    }
  });
});

describe("a server that died", () => {
  it("a dead server does not prevent a start with other keys once its row has expired", async () => {
    await insertRow(11);
    const began = performance.now();
    await start(withKeys(`1:${newKey()}`));
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it("a dead server does not delay a start on its own machine", async () => {
    const { pid } = spawnSync(process.execPath, ["--version"]);
    const { host, place } = thisMachine();
    await insertRow(0, { host, place, processId: pid });
    const began = performance.now();
    await start(withKeys(`1:${newKey()}`));
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it("loses its row within an hour", async () => {
    await insertRow(3_700);
    await start(withKeys(`1:${newKey()}`));
    await eventually(async () => (await rows()).length === 1);
    expect((await rows())[0]?.checks).not.toContainEqual({
      kid: 1,
      check: "00112233445566778899aabbccddeeff",
    });
  });
});

describe("a running server", () => {
  it("renews its row, and inserts it again", async () => {
    await start(withKeys(`1:${newKey()}`));
    const [first] = await rows();
    await eventually(async () => Number((await rows())[0]?.seenAt) > Number(first?.seenAt));
    await database.owner("DELETE FROM servers");
    await eventually(async () => (await rows()).length > 0);
    expect((await rows()).map(({ id }) => id)).toEqual([first?.id]);
  });

  it("logs once that another server has other keys", async () => {
    const server = await start(withKeys(`1:${newKey()}`));
    await insertRow(0);
    const lines = () => server.logLines.filter((line) => line.includes("does not fit a living one"));
    await eventually(() => lines().length > 0);
    const [row] = await rows();
    await eventually(async () => Number((await rows())[0]?.seenAt) > Number(row?.seenAt) + 700);
    expect(lines()).toHaveLength(1);
    expect(lines()[0]).toContain("PROJO_TOKEN_KEYS has another key with the kid 1");
  });
});

describe("the limits of several servers", () => {
  const keys = { PROJO_TOKEN_KEYS: `1:${newKey()}` };
  const redis = { REDIS_URL: "redis://127.0.0.1:1" };

  it("a second server in production does not start without a shared Redis", async () => {
    await start({ ...production, ...keys });
    expect(await refusalOf(database, { ...production, ...keys })).toMatch(
      new RegExp(
        `^REDIS_URL is not set, and ${NAME} uses this database too: each would grant all limits\\. Set REDIS_URL to the same Redis in all servers \\(docs/configuration\\.md#limits\\)\\.$`,
      ),
    );
    expect(await refusalOf(database, { ...production, ...keys, ...redis })).toMatch(
      new RegExp(`^REDIS_URL is set here, but not in ${NAME}, so the limits would not be shared\\.`),
    );
  });

  it("each machine's own Redis is not shared", async () => {
    await start({ ...production, ...keys, ...redis });
    await database.owner("UPDATE servers SET host = 'web-2'");
    expect(await refusalOf(database, { ...production, ...keys, ...redis })).toMatch(
      /^REDIS_URL names a Redis on this machine, and the server on web-2 \(.*\) uses one on its own machine, /,
    );
  });

  it("several servers with one Redis start, and outside production a warning replaces the refusal", async () => {
    await start({ ...production, ...keys, ...redis });
    await start({ ...production, ...keys, ...redis });
    const lone = await start({ ...exposed, ...keys });
    expect(
      lone.logLines.filter((line) => line.includes("REDIS_URL is not set, and the server on")),
    ).toHaveLength(1);
  });

  it("keys and limits are refused in one message", async () => {
    await start({ ...production, ...keys });
    const message = await refusalOf(database, { ...production, PROJO_TOKEN_KEYS: `1:${newKey()}` });
    expect(message?.split("\n").map((line) => line.split(" ")[0])).toEqual(["PROJO_TOKEN_KEYS", "REDIS_URL"]);
  });
});

it("the program exits with 1 and prints the problem alone", async () => {
  await start(withKeys(`1:${newKey()}`));
  const dataDir = await mkdtemp(join(tmpdir(), "projo-living-"));
  const env = {
    ...withKeys(`1:${newKey()}`),
    DATABASE_URL: database.url,
    PORT: "0",
    PROJO_DATA_DIR: dataDir,
  };
  const child = startProgram(["serve"], { ...env, PROJO_WEB: "off", PROJO_LOG_LEVEL: "silent" });
  if (!child.stderr) throw new Error("the program has no pipes");
  const [output, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
  await rm(dataDir, { recursive: true });
  expect(output).toMatch(
    new RegExp(`^PROJO_TOKEN_KEYS has another key with the kid 1 than ${NAME}: [^\n]*\n$`),
  );
  expect(code).toBe(1);
});

it("a database without the migration is refused with the command that applies it", async () => {
  await database.owner("DROP TABLE servers");
  expect(await refusalOf(database, withKeys(`1:${newKey()}`))).toBe(
    "DATABASE_URL: the database lacks the migrations of this build. Run `projostack migrate` (docs/database.md).",
  );
});

it("a server on a developer's machine does not register", async () => {
  await start({});
  expect(await rows()).toEqual([]);
});

interface Tokens {
  readonly token: string;
  readonly refreshToken: string;
}

async function arriveWithRefresh(server: TestServer): Promise<Tokens> {
  return tokensOf(
    await call(server.url, "auth.signUp", {
      input: { email: `${randomUUID()}@example.com`, password: "correct horse battery staple" },
    }),
  );
}

const refresh = async (server: TestServer, refreshToken: string): Promise<Tokens> =>
  tokensOf(await call(server.url, "auth.refresh", { input: { refreshToken } }));

function tokensOf({ status, data }: Awaited<ReturnType<typeof call>>): Tokens {
  expect(status).toBe(200);
  const { accessToken, refreshToken } = data as { accessToken: string; refreshToken: string };
  return { token: accessToken, refreshToken };
}
