// Mutants of the comparison with living servers: servers with other keys or without a shared limiter must not start beside
// them. Each attack starts its own servers over a database of its own.
import { createTestDatabase } from "@projostack/db/testing";
import { exposed, newKey, production } from "../../../servers/production-server.ts";
import { eventually, type TestServer } from "../../../kit/index.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

type Environment = Readonly<Record<string, string>>;

/** Starts servers over a new database, and runs `sql` as its owner before each. @returns how many of them run */
async function countStarted(
  server: TestServer,
  envs: readonly Environment[],
  sql = "SELECT",
): Promise<number> {
  const database = await createTestDatabase();
  const started: TestServer[] = [];
  try {
    for (const env of envs) {
      await database.owner(sql);
      const attempt = server.startAnother({ DATABASE_URL: database.url, ...env }, { shortPauses: true });
      const other = await attempt.catch(nullIfRefused);
      if (other !== null) started.push(other);
    }
    return started.length;
  } finally {
    await Promise.all(started.map((other) => other.close()));
    await database.drop();
  }
}

function nullIfRefused(error: unknown): null {
  if (error instanceof Error && error.name === "LivingServersError") return null;
  throw error;
}

const runTogether = (title: string, envs: () => readonly Environment[], sql?: string): Attack => ({
  title,
  tryOn: async (server) => (await countStarted(server, envs(), sql)) > 1,
});

const withKeys = (keys: string): Environment => ({ ...exposed, PROJO_TOKEN_KEYS: keys });

const otherKey = runTogether("two servers with different keys of one kid run together", () => [
  withKeys(`1:${newKey()}`),
  withKeys(`1:${newKey()}`),
]);
const unknownHere = runTogether("a server without the signing key of another runs beside it", () => {
  const [old, next] = [`1:${newKey()}`, `2:${newKey()}`];
  return [withKeys(`${next},${old}`), withKeys(old)];
});
const unknownThere = runTogether("a server signs with a key that another server lacks", () => {
  const [old, next] = [`1:${newKey()}`, `2:${newKey()}`];
  return [withKeys(old), withKeys(`${next},${old}`)];
});
const alone = runTogether("two servers in production count limits separately", () => {
  const env = { ...production, PROJO_TOKEN_KEYS: `1:${newKey()}` };
  return [env, env];
});
const halfShared = runTogether("one of two servers in production counts limits alone", () => {
  const env = { ...production, PROJO_TOKEN_KEYS: `1:${newKey()}` };
  return [env, { ...env, REDIS_URL: "redis://127.0.0.1:1" }];
});

const ownRedis = runTogether(
  "two servers in production each use the Redis of their own machine",
  () => {
    const env = { ...production, PROJO_TOKEN_KEYS: `1:${newKey()}`, REDIS_URL: "redis://127.0.0.1:1" };
    return [env, env];
  },
  "UPDATE servers SET host = 'another machine'",
);

/** Both servers look at the list before either of them registers, because the attack holds the lock of registrations. */
const atOnce: Attack = {
  title: "two servers with different keys that start at the same time run together",
  tryOn: async (server) => {
    const database = await createTestDatabase();
    const client = await database.pool.connect();
    try {
      await client.query("BEGIN");
      await client.query("SELECT pg_advisory_xact_lock(7351029418)");
      const attempts = Promise.all(
        [newKey(), newKey()].map((key) =>
          server
            .startAnother({ DATABASE_URL: database.url, ...withKeys(`1:${key}`) }, { shortPauses: true })
            .catch(nullIfRefused),
        ),
      );
      await eventually(async () => {
        const waiting = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
                            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
        return (await database.owner(waiting)).length === 2;
      });
      await client.query("COMMIT");
      const started = (await attempts).filter((other) => other !== null);
      await Promise.all(started.map((other) => other.close()));
      return started.length > 1;
    } finally {
      client.release(true);
      await database.drop();
    }
  },
};

const conflictsFile = "apps/api/src/servers/server-conflicts.ts";
const checksFile = "apps/api/src/servers/key-checks.ts";
const joinFile = "apps/api/src/servers/join-servers.ts";
const mutantOf = (
  title: string,
  [file, text, replacement]: readonly [file: string, text: string, replacement: string],
  succeeds: readonly Attack[],
): Mutant => ({ removed: [guard(title, file, [text, replacement])], succeeds });

export const livingServers: readonly Mutant[] = [
  mutantOf(
    "a server compares the checks of its keys with those of living servers",
    [
      checksFile,
      "(checkOf(keys, kid, id) ?? check) !== check",
      "checkOf(keys, kid, id) === check && kid < 0",
    ],
    [otherKey, atOnce],
  ),
  mutantOf(
    "a server knows the signing key of every living server",
    [checksFile, "signing === undefined || keys.kids.includes(signing.kid)", "signing?.kid !== 0"],
    [unknownHere],
  ),
  mutantOf(
    "every living server knows the signing key of a new one",
    [checksFile, "keyChecks.some(({ kid }) => kid === keys.newestKid)", "keyChecks.length > 0"],
    [unknownThere],
  ),
  mutantOf(
    "servers that run together have Redis",
    [conflictsFile, 'mine.limiter === "none" || server.limiter === "none"', 'server.id === ""'],
    [alone, halfShared],
  ),
  mutantOf(
    "servers on different machines do not each use a Redis of their own",
    [conflictsFile, "mine.host !== server.host", "mine.host === ''"],
    [ownRedis],
  ),
  mutantOf(
    "a conflict of limits prevents the start in production",
    [joinFile, 'isProduction || about === "keys"', 'about === "keys"'],
    [alone, halfShared, ownRedis],
  ),
  mutantOf(
    "servers that register at the same time see each other",
    [joinFile, "if (refusing(joining, raced).length === 0)", "if (refusing(joining, raced).length >= 0)"],
    [atOnce],
  ),
];
