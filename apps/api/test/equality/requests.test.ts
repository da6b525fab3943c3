// The server with the fast path and the plain server give the same answers: to unusual requests, to requests that fail with every
// reason, and to random requests.
import { permissions } from "@projostack/authz";
import { operations, type NamedOperation } from "@projostack/contract";
import { withOwner } from "@projostack/db";
import { bySuite, LONG_TEST_MS } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { again, startSession } from "../kit/index.ts";
import { keyOf } from "../mutants/attackers.ts";
import { pick } from "../proofs/fuzz-input.ts";
import { fuzzRequest, type FuzzActors, type FuzzRequest } from "../proofs/fuzz-request.ts";
import { setScene, type Scene } from "../resources/index.ts";
import { seededChance } from "../simulation/seeded-random.ts";
import { createCallerSet, type CallerSet } from "./caller-set.ts";
import type { Sent } from "./exchange.ts";
import { smallQuotas } from "./full-workspaces.ts";
import { oddRequests } from "./odd-requests.ts";
import { provocations } from "./reasons.ts";
import { requestOf } from "./requests.ts";
import { startServerPair, type ServerPair } from "./server-pair.ts";

// To run longer, or to repeat a run: PROJO_TEST_FUZZ=20000 PROJO_TEST_SEED=7 npx vitest run apps/api/test/equality/requests.test.ts
const CALLS = Number(process.env["PROJO_TEST_FUZZ"] ?? bySuite({ short: 400, full: 1_000 }));
const SEED = Number(process.env["PROJO_TEST_SEED"] ?? 20_261_128);

let servers: ServerPair;
let callerSet: CallerSet;
let scene: Scene;
beforeAll(async () => {
  // One test reaches these limits; the others stay below them.
  servers = await startServerPair({ PROJO_LIMITS: "50", ...smallQuotas });
  callerSet = await createCallerSet(servers.both);
  scene = await setScene(servers.both, callerSet.admin, {
    workspaceId: callerSet.homeId,
    email: callerSet.admin.email,
  });
});
afterAll(() => servers.close());

describe("the fast path and the plain server answer identically", () => {
  it("to unusual requests", { timeout: LONG_TEST_MS }, async () => {
    const statuses = new Set<number>();
    const found: string[] = [];
    for (const [says, sent] of await oddRequests(callerSet, scene)) {
      const { heard, difference } = await servers.ask(sent);
      statuses.add(heard.status);
      if (difference !== null) found.push(`${says}: ${difference}`);
    }
    expect(found.slice(0, 20).join("\n")).toBe("");
    expect([...statuses].toSorted()).toEqual([200, 204, 207, 400, 401, 403, 404, 405, 413, 415]);
  });

  it(
    `to ${CALLS} random calls of every operation, seed ${SEED}`,
    { timeout: LONG_TEST_MS + CALLS * 30 },
    async () => {
      const chance = seededChance(SEED);
      const counts: Record<string, number> = {};
      const found: string[] = [];
      for (let sent = 0; sent < CALLS; sent += CALLS_A_ROUND) {
        const round = await fuzzCast();
        const drawn = Array.from({ length: Math.min(CALLS_A_ROUND, CALLS - sent) }, () =>
          fuzzRequest(chance, round, pick(chance, operations)),
        );
        // Operations that end the caller's session or workspace come last, so that the other calls succeed.
        for (const one of drawn
          .filter(isPlainToCompare)
          .toSorted((a, b) => Number(ends(a)) - Number(ends(b)))) {
          const { heard, difference } = await servers.ask(
            asSent(one),
            new Set(Object.values<string>({ ...round.scene })),
          );
          counts[heard.status] = (counts[heard.status] ?? 0) + 1;
          if (difference !== null) found.push(difference);
        }
      }
      console.info(`seed ${SEED}: ${JSON.stringify(counts)}`);
      expect(found.slice(0, 10).join("\n")).toBe("");
      // An input that is too large is refused in the body of a mutation with 413, and in the URL of a query with 414.
      const tooLarge = (counts["413"] ?? 0) + (counts["414"] ?? 0);
      for (const count of [
        ...["200", "400", "401", "403", "404", "405", "415"].map((at) => counts[at]),
        tooLarge,
      ])
        expect(count, JSON.stringify(counts)).toBeGreaterThan(CALLS / 6_000);
      expect(counts["200"]).toBeGreaterThan(CALLS / 20);
    },
  );

  const provoked = provocations.flatMap(({ reason, provoke }) => (provoke ? [{ reason, provoke }] : []));
  it.each(provoked)("to a request that fails with $reason", async ({ reason, provoke }) => {
    const sent = await provoke({ both: servers.both, callerSet, scene });
    const { text } = await lastOf(sent, reason === "limit.exceeded" ? 151 : 1);
    expect(text).toContain(`"reason":"${reason}"`);
  });

  it("to a request that waits too long, with server.busy", async () => {
    const { token } = await again(servers.both, callerSet.admin);
    const as = { token, workspaceId: callerSet.homeId };
    const held = servers.both.database.owner("BEGIN; LOCK TABLE tasks; SELECT pg_sleep(7); COMMIT");
    await new Promise((passed) => setTimeout(passed, 200));
    const input = { projectId: scene.projectId, title: "Note" };
    const answers = await Promise.all([
      lastOf(requestOf("query", "tasks.get", { id: scene.taskId }, as)),
      lastOf(requestOf("query", "tasks.list", {}, as)),
      lastOf(requestOf("mutation", "tasks.create", input, as)),
      lastOf(requestOf("query", ["tasks.list", "projects.list"], {}, as)),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 207]);
    await held;
  });

  it("without a database, with server.unavailable", async () => {
    const { token } = await again(servers.both, callerSet.admin);
    const as = { token, workspaceId: callerSet.homeId };
    await withOwner({ ...inject("cluster").owner, database: "postgres" }, async (client) => {
      for (const { name } of [servers.fast.database, servers.plain.database])
        await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
    });
    const input = { projectId: scene.projectId, title: "Note" };
    for (const sent of [
      requestOf("query", "tasks.get", { id: scene.taskId }, as),
      requestOf("query", "tasks.list", {}, as),
      requestOf("mutation", "tasks.create", input, as),
      requestOf("query", ["tasks.list", "system.health"], {}, as),
    ]) {
      expect((await lastOf(sent)).text).toContain('"reason":"server.unavailable"');
    }
  });
});

/** Sends a request several times. Returns the last answer; all answers of both servers must be equal. */
async function lastOf(sent: Sent, times = 1) {
  let { heard, difference } = await servers.ask(sent);
  for (let time = 1; time < times && difference === null; time += 1)
    ({ heard, difference } = await servers.ask(sent));
  expect(difference ?? "").toBe("");
  return heard;
}

const CALLS_A_ROUND = 500;

async function fuzzCast(): Promise<FuzzActors> {
  const { both } = servers;
  const workspace = await createCallerSet(both);
  const { admin, viewer, homeId } = workspace;
  const key = await keyOf(both, { admin, id: homeId }, { role: "admin", scopes: permissions });
  const tokens = {
    nobody: undefined,
    viewer: viewer.token,
    admin: admin.token,
    key: key.token,
    expired: (await startSession(both, admin.id, -1)).token,
  };
  return { scene: await setScene(both, admin, { workspaceId: homeId, email: admin.email }), tokens };
}

const kinds = new Map(operations.map(({ name, operation }: NamedOperation) => [name, operation.kind]));

/** Excludes batches of changes and of audited refusals, as their order is not defined, and incomplete requests. */
const isPlainToCompare = ({ names, actor, breaksOff }: FuzzRequest): boolean =>
  !breaksOff &&
  (names.length < 2 || (actor !== "viewer" && names.every((name) => kinds.get(name) === "query")));

const ENDINGS = new Set(["auth.signOut", "auth.signOutEverywhere", "password.change", "workspaces.delete"]);
const ends = ({ names }: FuzzRequest): boolean => names.some((name) => ENDINGS.has(name));

function asSent({ path, init: { method = "GET", headers, body } }: FuzzRequest): Sent {
  return {
    method,
    path,
    headers: Object.fromEntries(new Headers(headers)),
    body: body instanceof Uint8Array ? body : undefined,
  };
}
