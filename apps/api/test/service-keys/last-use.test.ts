import { createDb, openPool, withOwner } from "@projostack/db";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startKeyUses } from "../../src/jobs/key-uses.ts";
import { createLog } from "../../src/runtime/log.ts";
import { createServiceKeys } from "../../src/identity/tokens/service-keys.ts";
import {
  arrive,
  eventually,
  foundWorkspace,
  layWire,
  startServerOver,
  startTestServer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { keyOf, makeKey, type MadeKey } from "./made-key.ts";

let server: TestServer;
let ada: Person;
let workspaceId: string;
beforeAll(async () => {
  server = await startTestServer({ PROJO_TOKEN_KEYS: `1:${Buffer.alloc(32, 5).toString("base64url")}` });
  ada = await arrive(server, "ada");
  workspaceId = await foundWorkspace(ada);
});
afterAll(() => server.close());

const newKey = () => makeKey(server, ada, workspaceId, { scopes: ["task:read"] });
const sameKeys = () => ({ PROJO_TOKEN_KEYS: `1:${Buffer.alloc(32, 5).toString("base64url")}` });

/** Returns the seconds since the recorded last use of the key, by the database's clock, or null before the first use. */
async function lastUse({ id }: MadeKey): Promise<number | null> {
  const [row] = await server.database.owner<{ ago: number | null }>(
    "SELECT extract(epoch FROM clock_timestamp() - last_used_at)::double precision AS ago FROM service_keys WHERE id = $1",
    [id],
  );
  return row?.ago ?? null;
}

const log = createLog({ level: "warn", pretty: false, destination: { write: () => {} } });

/** Starts the job that records uses of keys, with a simulated clock: `pass` ends the pause between two runs. */
function startRecorder(databaseUrl: string) {
  const db = createDb({ pool: openPool({ target: { connectionString: databaseUrl }, max: 2 }) });
  const serviceKeys = createServiceKeys({ db, keys: server.keys, log });
  let pass: (() => void) | undefined;
  let pausedMs = 0;
  const clock = {
    now: () => new Date(),
    pause: (milliseconds: number, signal: AbortSignal) =>
      new Promise<void>((ended) => {
        if (signal.aborted) return ended();
        pausedMs = milliseconds;
        pass = ended;
        signal.addEventListener("abort", () => ended());
      }),
  };
  const uses = startKeyUses({ serviceKeys, clock, log });
  return {
    serviceKeys,
    pausedMs: () => pausedMs,
    pass: () => pass?.(),
    stop: async () => {
      await uses.stop();
      await db.close();
    },
  };
}

describe("The last use of a key", () => {
  it("reaches the database within a minute, with the time of the use and not of the update", async () => {
    const key = await newKey();
    const { serviceKeys, pausedMs, pass, stop } = startRecorder(server.database.url);
    await eventually(() => pausedMs() > 0);
    expect(pausedMs()).toBeLessThanOrEqual(55_000);
    expect(await serviceKeys.find(key.token)).not.toBeNull();
    await new Promise((passed) => setTimeout(passed, 1_000));
    expect(await lastUse(key)).toBeNull();
    pass();
    const ago = await eventually(async () => (await lastUse(key)) ?? undefined);
    expect(ago).toBeGreaterThanOrEqual(1);
    expect(ago).toBeLessThan(10);
    await stop();
  });

  it("ignores a refused token", async () => {
    const key = await newKey();
    const { serviceKeys, stop } = startRecorder(server.database.url);
    await expect(serviceKeys.find(`${key.token.slice(0, -7)}AAAAAAA`)).resolves.toBeNull();
    await stop();
    expect(await lastUse(key)).toBeNull();
  });

  it("keeps the latest time that several servers report", async () => {
    const key = await newKey();
    const [early, late] = [startRecorder(server.database.url), startRecorder(server.database.url)];
    await early.serviceKeys.find(key.token);
    await new Promise((passed) => setTimeout(passed, 300));
    await late.serviceKeys.find(key.token);
    await late.stop();
    const rowAt = () =>
      server.database.owner("SELECT last_used_at::text FROM service_keys WHERE id = $1", [key.id]);
    const recorded = await rowAt();
    await early.stop();
    expect(await rowAt()).toEqual(recorded);
    expect(recorded[0]?.["last_used_at"]).not.toBeNull();
  });

  it("reaches the database after an outage", async () => {
    const key = await newKey();
    const wire = await layWire(server.database.url);
    const { serviceKeys, pausedMs, pass, stop } = startRecorder(wire.url);
    await eventually(() => pausedMs() > 0);
    expect(await serviceKeys.find(key.token)).not.toBeNull();
    await wire.cut();
    await expect(serviceKeys.noteUses()).rejects.toThrow();
    pass();
    await wire.mend();
    await stop();
    expect(await lastUse(key)).toBeGreaterThan(0);
    await wire.cut();
  });

  it("reaches the database when the server stops", async () => {
    const key = await newKey();
    const shortLived = await startServerOver(server.database, sameKeys());
    const keyThere = keyOf(shortLived.url, { data: key });
    expect((await keyThere.call("tasks.list")).status).toBe(200);
    expect(await lastUse(key)).toBeNull();
    await shortLived.close();
    expect(await lastUse(key)).toBeLessThan(10);
  });

  it("requires no write during a request", async () => {
    const key = await newKey();
    await withOwner({ connectionString: server.database.ownerUrl }, async (owner) => {
      await owner.query("BEGIN");
      // Any statement that writes to the key's row or locks it would now wait until the test commits.
      await owner.query("SELECT FROM service_keys WHERE id = $1 FOR UPDATE", [key.id]);
      const answers = await Promise.all(Array.from({ length: 10 }, () => key.call("tasks.list")));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      await owner.query("COMMIT");
    });
  });
});
