// R7 Servers that count limits in different Redis servers do not run beside one another, whatever their addresses of Redis say.
import { createTestDatabase, type TestDatabase } from "@projostack/db/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inspectEnvironment } from "../../src/config/inspect-environment.ts";
import type { Check } from "../../src/doctor/check.ts";
import { runDoctor } from "../../src/doctor/run-doctor.ts";
import { idOfRedis } from "../../src/limits/counting/open-redis.ts";
import { eventually, type TestServer } from "../kit/index.ts";
import { hasRedis, noRedis, startRedis, type TestRedis } from "../kit/redis-server.ts";
import { newKey, production, refusalOf, startOver } from "./production-server.ts";

let database: TestDatabase;
const opened: { close(): Promise<void> }[] = [];
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  // The servers close before their Redis.
  for (const one of opened.splice(0).toReversed()) await one.close();
  await database.drop();
});

const env = { ...production, PROJO_TOKEN_KEYS: `1:${newKey()}` };
const redis = async (options?: Parameters<typeof startRedis>[0]): Promise<TestRedis> => {
  const started = await startRedis(options);
  opened.push(started);
  return started;
};
const start = async (url: string): Promise<TestServer> => {
  const server = await startOver(database, { ...env, REDIS_URL: url });
  opened.push(server);
  return server;
};
const refusal = (url: string) => refusalOf(database, { ...env, REDIS_URL: url });
const conflictsOf = ({ logLines }: TestServer) =>
  logLines.filter((line) => line.includes("does not fit a living one"));
/** Every server renews its row with the id, also if Redis answered too late before. */
const haveOneId = () =>
  eventually(async () => {
    const [id, ...others] = await limiterIds();
    return typeof id === "string" && others.every((other) => other === id);
  });
const limiterIds = async () =>
  (await database.owner<{ id: string | null }>("SELECT limiter_id AS id FROM servers")).map(({ id }) => id);
const fromAnotherMachine = () => database.owner("UPDATE servers SET host = 'web-2', limiter = 'network'");

const ANOTHER =
  /^REDIS_URL names another Redis than that of the server on \S+ \(.*\), so the limits would not be shared\. Set REDIS_URL to the same Redis in all servers /;

it.runIf(process.env["CI"])("the machine has a redis-server", () => expect(hasRedis, noRedis).toBe(true));

describe.skipIf(!hasRedis)(`several Redis servers${hasRedis ? "" : ` (${noRedis})`}`, () => {
  it("R7 a server with another Redis does not start in production, and the doctor reports it", async () => {
    const [one, other] = [await redis(), await redis()];
    await start(one.url);
    await fromAnotherMachine();
    expect(await refusal(other.url)).toMatch(ANOTHER);
    // The counts of another database of the same Redis are others.
    expect(await refusal(`${one.url}/1`)).toMatch(ANOTHER);
    const { output } = await runDoctor({ json: true }, () =>
      inspectEnvironment({ ...env, DATABASE_URL: database.url, REDIS_URL: other.url }),
    );
    const { checks } = JSON.parse(output) as { checks: Check[] };
    expect(checks.find(({ name }) => name === "servers")).toMatchObject({
      status: "problem",
      message: expect.stringMatching(ANOTHER) as string,
    });
  });

  it("servers with one Redis by two names start, also on two machines", async () => {
    const { url } = await redis();
    await start(url);
    await fromAnotherMachine();
    await start(url.replace("127.0.0.1", "localhost"));
    await haveOneId();
    expect(await limiterIds()).toHaveLength(2);
  });

  it("a replica that takes over keeps the id", async () => {
    const [primary, replica] = [await redis(), await redis()];
    await start(primary.url);
    const [host = "", port = ""] = new URL(primary.url).host.split(":");
    await replica.command("REPLICAOF", host, port);
    await eventually(async () => (await idOfRedis(replica.url)) !== null);
    await replica.command("REPLICAOF", "NO", "ONE");
    await start(replica.url);
    await haveOneId();
    expect(await limiterIds()).toHaveLength(2);
  });

  it("a Redis that loses its data gets a new id, and no server reports a conflict", async () => {
    const one = await redis();
    const servers = [await start(one.url), await start(one.url)];
    await haveOneId();
    const [before] = await limiterIds();
    await one.command("FLUSHALL");
    await eventually(async () => !(await limiterIds()).includes(before ?? null));
    await start(one.url);
    await haveOneId();
    expect(await limiterIds()).not.toContain(before);
    expect(servers.flatMap(conflictsOf)).toEqual([]);
  });

  it("a server starts while its Redis is down, and reports another Redis when it answers", async () => {
    const [one, gone] = [await redis(), await redis()];
    await start(one.url);
    await gone.close();
    const server = await start(gone.url);
    expect(await limiterIds()).toContain(null);
    await redis({ port: Number(new URL(gone.url).port) });
    await eventually(() => conflictsOf(server).length > 0);
    expect(conflictsOf(server)[0]).toContain("REDIS_URL names another Redis than that of the server on");
  });
});
