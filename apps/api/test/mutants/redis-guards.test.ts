// Removes the checks of limits that several servers share, one at a time, as server-guards.test.ts does. These attacks need Redis.
import { bySuite, createTestDatabase, LONG_TEST_MS, type TestDatabase } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, startServerOver, type TestServer } from "../kit/index.ts";
import { hasRedis, noRedis, startRedis, type TestRedis } from "../kit/redis-server.ts";
import { newKey, production } from "../servers/production-server.ts";
import { guard, type Attack, type Mutant } from "./mutant.ts";
import { openPatchedServers, type PatchedServers } from "./patched-server.ts";

const keys = { PROJO_TOKEN_KEYS: `1:${newKey()}` };

async function withRedis<T>(work: (redis: TestRedis) => Promise<T>): Promise<T> {
  const redis = await startRedis();
  try {
    return await work(redis);
  } finally {
    redis.signal("SIGCONT");
    await redis.close();
  }
}

async function withServers<T>(
  starting: readonly Promise<TestServer>[],
  work: (servers: readonly TestServer[]) => Promise<T>,
): Promise<T> {
  const started = (await Promise.allSettled(starting)).flatMap((one) =>
    one.status === "fulfilled" ? [one.value] : [],
  );
  try {
    return await work(started);
  } finally {
    await Promise.all(started.map((server) => server.close()));
  }
}

/** The attempts that one address has with `email.verify` (limits.ts). */
const LIMIT = 60;

/** @returns how many of `tries` attempts a server grants */
async function grantedBy({ url }: TestServer, tries: number): Promise<number> {
  const attempts = Array.from({ length: tries }, () =>
    call(url, "email.verify", { input: { token: "none" } }),
  );
  return (await Promise.all(attempts)).filter(({ status }) => status !== 429).length;
}

const countsSeparately: Attack = {
  title: "two servers with one Redis each grant the whole limit",
  tryOn: ({ startAnother }) =>
    withRedis(({ url }) => {
      const env = { ...keys, REDIS_URL: url };
      return withServers([startAnother(env), startAnother(env)], async ([one, other]) => {
        if (!one || !other) throw new Error("The servers did not start.");
        const granted = [await grantedBy(one, LIMIT), await grantedBy(other, LIMIT)];
        if (granted[0] === 0) throw new Error("No attempt was granted.");
        return granted[1] === LIMIT;
      });
    }),
};

const waitsForRedis: Attack = {
  title: "a call waits for a Redis that hangs",
  tryOn: ({ startAnother }) =>
    withRedis((redis) =>
      withServers([startAnother({ ...keys, REDIS_URL: redis.url })], async ([server]) => {
        if (!server) throw new Error("The server did not start.");
        redis.signal("SIGSTOP");
        const answer = call(server.url, "email.verify", { input: { token: "none" } }).then(
          () => "answered" as const,
          () => "answered" as const,
        );
        // Much longer than a decision may wait, also on a busy machine.
        const late = new Promise<"late">((passed) => setTimeout(passed, 6_000, "late"));
        const first = await Promise.race([answer, late]);
        redis.signal("SIGCONT");
        await answer;
        return first === "late";
      }),
    ),
};

const startWith =
  ({ startAnother }: TestServer) =>
  ({ url }: TestRedis): Promise<TestServer> =>
    startAnother({ ...production, ...keys, REDIS_URL: url }, { shortPauses: true });

const usesOtherRedis: Attack = {
  title: "two servers in production count limits in different Redis servers",
  tryOn: (server) =>
    withRedis((one) =>
      withRedis(async (other) => {
        const startOn = startWith(server);
        return withServers([startOn(one)], async ([first]) => {
          if (!first) throw new Error("The first server did not start.");
          return withServers([startOn(other)], async (servers) => servers.length > 0);
        });
      }),
    ),
};

const openFile = "apps/api/src/limits/counting/open-redis.ts";
const mutants: readonly Mutant[] = [
  {
    removed: [
      guard(
        "the limits of several servers are counted in Redis",
        "apps/api/src/limits/counting/count-attempt.ts",
        ["const counted = shared && (await", "const counted = shared && rules.length === 0 && (await"],
      ),
    ],
    succeeds: [countsSeparately],
  },
  {
    removed: [
      guard("a decision waits for Redis for 250 ms", "apps/api/src/limits/counting/counters.ts", [
        "Promise.race([run(), timeout])",
        "Promise.race([run()])",
      ]),
      guard("a command waits for Redis for 250 ms", openFile, ["commandTimeout: LONGEST_WAIT_MS,", ""]),
      guard("a silent connection to Redis is closed", openFile, ["socketTimeout: LONGEST_WAIT_MS,", ""]),
    ],
    succeeds: [waitsForRedis],
  },
  {
    removed: [
      guard("servers compare the ids of their Redis", "apps/api/src/servers/server-conflicts.ts", [
        "return mine.limiterId === server.limiterId",
        "return mine.limiterId !== null",
      ]),
    ],
    succeeds: [usesOtherRedis],
  },
];

it.runIf(process.env["CI"])("the machine has a redis-server", () => expect(hasRedis, noRedis).toBe(true));

describe.skipIf(!hasRedis)(`limits that several servers share${hasRedis ? "" : ` (${noRedis})`}`, () => {
  let database: TestDatabase;
  let patched: PatchedServers;
  beforeAll(async () => {
    [database, patched] = await Promise.all([createTestDatabase(), openPatchedServers()]);
  });
  afterAll(async () => {
    await patched.close();
    await database.drop();
  });

  const env = { PROJO_LIMITS: "1" };
  // The short suite tries the last one.
  for (const { removed, succeeds } of bySuite({ short: mutants.slice(-1), full: mutants })) {
    for (const { title, tryOn } of succeeds) {
      const titles = removed.map((one) => one.title).join("; ");
      it(
        `R3 R7 this attack succeeds only without the check: ${title} (${titles})`,
        async () => {
          const sources = removed.flatMap((one) => ("sql" in one ? [] : [one]));
          for (const [start, isOpen] of [
            [startServerOver, false],
            [(await patched.load(sources)).startServerOver, true],
          ] as const) {
            const server = await start(database, env);
            try {
              expect(await tryOn(server)).toBe(isOpen);
            } finally {
              await server.close();
            }
          }
        },
        LONG_TEST_MS,
      );
    }
  }
});
