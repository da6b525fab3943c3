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

/** Seconds since the key was last used, by the database's clock; null while it was not. */
async function lastUse({ id }: MadeKey): Promise<number | null> {
  const [row] = await server.database.owner<{ ago: number | null }>(
    "SELECT extract(epoch FROM clock_timestamp() - last_used_at)::double precision AS ago FROM service_keys WHERE id = $1",
    [id],
  );
  return row?.ago ?? null;
}

const log = createLog({ level: "warn", pretty: false, destination: { write: () => {} } });

/** What notes the uses, over time of the test's own: `pass` is the end of the pause. */
function noted(databaseUrl: string) {
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

describe("when a key was last used", () => {
  it("is noted within a minute, as the moment of its use and not of the note", async () => {
    const key = await newKey();
    const { serviceKeys, pausedMs, pass, stop } = noted(server.database.url);
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

  it("is not touched by a token that is refused", async () => {
    const key = await newKey();
    const { serviceKeys, stop } = noted(server.database.url);
    await expect(serviceKeys.find(`${key.token.slice(0, -7)}AAAAAAA`)).resolves.toBeNull();
    await stop();
    expect(await lastUse(key)).toBeNull();
  });

  it("is the latest of what several servers saw: no note sets it back", async () => {
    const key = await newKey();
    const [early, late] = [noted(server.database.url), noted(server.database.url)];
    await early.serviceKeys.find(key.token);
    await new Promise((passed) => setTimeout(passed, 300));
    await late.serviceKeys.find(key.token);
    await late.stop();
    const rowAt = () =>
      server.database.owner("SELECT last_used_at::text FROM service_keys WHERE id = $1", [key.id]);
    const noticed = await rowAt();
    await early.stop();
    expect(await rowAt()).toEqual(noticed);
    expect(noticed[0]?.["last_used_at"]).not.toBeNull();
  });

  it("is noted once the database is there again, when it was away", async () => {
    const key = await newKey();
    const wire = await layWire(server.database.url);
    const { serviceKeys, pausedMs, pass, stop } = noted(wire.url);
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

  it("is noted by a server that ends, for what it saw last", async () => {
    const key = await newKey();
    const passing = await startServerOver(server.database, sameKeys());
    const there = keyOf(passing.url, { data: key });
    expect((await there.call("tasks.list")).status).toBe(200);
    expect(await lastUse(key)).toBeNull();
    await passing.close();
    expect(await lastUse(key)).toBeLessThan(10);
  });

  it("is noted beside the requests: none waits for a note, nor writes to the key", async () => {
    const key = await newKey();
    await withOwner({ connectionString: server.database.ownerUrl }, async (owner) => {
      await owner.query("BEGIN");
      // Whoever would write to the key's row, or lock it, waits for ever now.
      await owner.query("SELECT FROM service_keys WHERE id = $1 FOR UPDATE", [key.id]);
      const answers = await Promise.all(Array.from({ length: 10 }, () => key.call("tasks.list")));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      await owner.query("COMMIT");
    });
  });
});
