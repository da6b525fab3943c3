// I1: the time of a refusal must not distinguish a foreign thing from an absent one. The calls are measured in pairs, in random
// order, so that a slow machine slows both; a sign test compares them.
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { bySuite, LONG_TEST_MS } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, startServerOver, startTestServer, type TestServer } from "../kit/index.ts";
import { buildForeignWorkspaces, thingOf, type ForeignWorkspaces } from "./foreign-workspaces.ts";
import { inputOf, operationFixture, setScene, things, type Scene } from "../resources/index.ts";
import { namingFields, withValue, type NamingField } from "./naming-fields.ts";
import { isSeen, timeInPairs, describeTiming } from "./timed-pairs.ts";

let server: TestServer;
let world: ForeignWorkspaces;
let scene: Scene;
beforeAll(async () => {
  server = await startTestServer();
  world = await buildForeignWorkspaces(server);
  scene = await setScene(server, world.ada, world);
});
afterAll(() => server.close());

const ABSENT = "0190a6f0-0000-7000-8000-00000000abcd";

/** The fields that name something by an id. A token, a cursor and a signature are values of their own. */
const idFields = namingFields.filter(
  ({ thing }) =>
    !thing.endsWith("token") && !["cursor", "chain point", "checkpoint", "target"].includes(thing),
);
const measured = idFields.filter(({ operation }) => operationFixture(operation).measured);

/** The fields of the operations that the fixtures choose, and one field for each other thing that an id names. */
const fields: readonly NamingField[] = [
  ...measured,
  ...[...things.keys()].flatMap((thing) =>
    measured.some((field) => field.thing === thing)
      ? []
      : idFields.filter((field) => field.thing === thing).slice(0, 1),
  ),
  { operation: "tasks.list", path: [], thing: "workspace" },
];

/** In the short suite, a read, a change and a workspace represent the other fields. */
const timedFields = bySuite({
  short: fields.filter(
    ({ operation, thing }) => ["tasks.get", "projects.update"].includes(operation) || thing === "workspace",
  ),
  full: fields,
});

/** Returns a call that sends a value in the field. */
const calling =
  ({ url }: TestServer, { operation, path, thing }: NamingField) =>
  (value: string) =>
    call(url, operation, {
      input: thing === "workspace" ? {} : withValue(inputOf(operation, scene), path, value),
      token: world.ada.token,
      workspaceId: thing === "workspace" ? value : scene.workspaceId,
    });

describe("I1 the time that a refusal takes", () => {
  it("I1 the test covers every kind of thing that an id names", () => {
    const named = new Set(idFields.map(({ thing }) => thing));
    expect([...new Set(fields.map(({ thing }) => thing))].toSorted()).toEqual(
      [...named, "workspace"].toSorted(),
    );
    expect(fields.length).toBeGreaterThanOrEqual(15);
  });

  it.each(
    timedFields.map(
      (field) => [`${field.operation} ${field.path.join(".") || "x-workspace-id"}`, field] as const,
    ),
  )(
    "I1 %s: takes equally long for a foreign and an absent id, in 200 pairs",
    async (title, field) => {
      const ask = calling(server, field);
      const foreign = String(await thingOf(world.eve, field));
      const [one, other] = [await ask(foreign), await ask(ABSENT)];
      expect([one.status, one.error?.reason]).toEqual([other.status, other.error?.reason]);
      const timed = await timeInPairs(
        () => ask(foreign),
        () => ask(ABSENT),
      );
      expect(isSeen(timed), `${title}: ${describeTiming(timed)}`).toBe(false);
    },
    LONG_TEST_MS,
  );

  it(
    "I1 the measurement detects a statement that takes longer for a foreign id",
    async () => {
      const field = fields.find(({ operation }) => operation === "tasks.get");
      if (!field) throw new Error("tasks.get takes no id.");
      const foreign = String(await thingOf(world.eve, field));
      const calm = calling(server, field);
      const { medianMs } = await timeInPairs(
        () => calm(ABSENT.replace("abcd", "abce")),
        () => calm(ABSENT),
      );
      // If a call takes long, the machine is busy, and a delay of 2 ms would disappear in the noise.
      const holdMs = Math.max(2, 2 * medianMs);
      const wire = await laySlowWire(server.database.url, { holdMs, whatHas: foreign });
      // With other keys the server would not accept Ada's token.
      const slow = await startServerOver(server.database, {
        DATABASE_URL: wire.url,
        PROJO_DATA_DIR: server.dataDir,
      });
      try {
        const ask = calling(slow, field);
        expect(await ask(foreign)).toMatchObject({ status: 404, error: { reason: "task.not_found" } });
        const timed = await timeInPairs(
          () => ask(foreign),
          () => ask(ABSENT),
        );
        expect(isSeen(timed), describeTiming(timed)).toBe(true);
      } finally {
        await slow.close();
        wire.end();
      }
    },
    LONG_TEST_MS,
  );
});

interface Slowness {
  readonly holdMs: number;
  readonly whatHas: string;
}

/** Starts a proxy to the database that delays each message with a particular text. */
async function laySlowWire(databaseUrl: string, { holdMs, whatHas }: Slowness) {
  const target = new URL(databaseUrl);
  const directory = target.searchParams.get("host");
  const port = Number(target.port);
  const gate = createServer((near) => {
    const far =
      directory === null ? connect(port, target.hostname) : connect(`${directory}/.s.PGSQL.${port}`);
    near.setNoDelay(true);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
    far.pipe(near);
    near.on("data", (bytes) => {
      if (bytes.includes(whatHas)) setTimeout(() => far.write(bytes), holdMs);
      else far.write(bytes);
    });
  });
  gate.listen(0, "127.0.0.1");
  await once(gate, "listening");
  const address = gate.address();
  if (address === null || typeof address === "string") throw new Error("The wire has no port.");
  const url = new URL(databaseUrl);
  url.searchParams.delete("host");
  url.hostname = "127.0.0.1";
  url.port = String(address.port);
  return { url: url.href, end: () => void gate.close() };
}
