// The server with the fast path and the plain server give the same answers: for every operation, every kind of caller and every value of
// x-workspace-id.
import { policy } from "@projostack/authz";
import { operations, type NamedOperation } from "@projostack/contract";
import { LONG_TEST_MS, modelTables } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemRandomness } from "../../src/runtime/randomness.ts";
import { again } from "../kit/index.ts";
import { inputOf, setScene, type Scene } from "../resources/index.ts";
import { createCallerSet, type CallerSet } from "./caller-set.ts";
import { requestOf } from "./requests.ts";
import { startServerPair, type ServerPair } from "./server-pair.ts";

let servers: ServerPair;
let callerSet: CallerSet;
beforeAll(async () => {
  servers = await startServerPair();
  callerSet = await createCallerSet(servers.both);
});
afterAll(() => servers.close());

const statuses = new Map<number, number>();

const EVERY_CALLER = process.env["PROJO_TEST_EVERY"] === "1";

/** Every second caller calls an operation, and every caller calls the prefetched operations. With PROJO_TEST_EVERY=1 all call all. */
const isTried = (name: string, nth: number): boolean => {
  const place = operations.findIndex((one) => one.name === name);
  return EVERY_CALLER || (place + nth) % 2 === 0 || name === "tasks.get" || name === "tasks.list";
};

/** Returns the differences between both servers for all callers. A call that changed nothing leaves its scene to the next call. */
async function differencesOf({ name, operation: { kind, access } }: NamedOperation): Promise<string[]> {
  const inWorkspace = access in policy;
  const { admin, homeId, people, callers, travellers, places } = callerSet;
  const found: string[] = [];
  let used: { scene: Scene; caller: string } | undefined;
  for (const [nth, [caller, tokenOf]] of Object.entries(callers).entries()) {
    if (!isTried(name, nth)) continue;
    for (const [place, workspaceId] of Object.entries(places)) {
      // The header matters only to an operation of a workspace.
      if (place !== "home" && !(inWorkspace && travellers.has(caller))) continue;
      const person = access === "session" ? caller : "";
      const setting = { workspaceId: homeId, email: admin.email, caller: people[person] ?? admin };
      const scene = used?.caller === person ? used.scene : await setScene(servers.both, admin, setting);
      const input = inputOf(name, scene);
      const known = new Set(Object.values<string>({ ...scene, ...callerSet.places, ...input }));
      const as = { token: await tokenOf(), workspaceId };
      const { heard, difference } = await servers.ask(requestOf(kind, name, input, as), known);
      if (difference !== null) found.push(`${caller}, ${place}: ${difference}`);
      statuses.set(heard.status, (statuses.get(heard.status) ?? 0) + 1);
      used = kind === "mutation" && heard.status === 200 ? undefined : { scene, caller: person };
    }
  }
  return found;
}

describe("the fast path and the plain server", () => {
  it.each(operations)(
    "$name: answer identically for every caller and workspace",
    { timeout: LONG_TEST_MS },
    async (one) => {
      expect((await differencesOf(one)).slice(0, 3).join("\n")).toBe("");
    },
  );

  it("tasks.list: answer identically for every filter and page", { timeout: LONG_TEST_MS }, async () => {
    const { admin, member, homeId } = callerSet;
    const { projectId } = await setScene(servers.both, admin, { workspaceId: homeId, email: admin.email });
    await plantTasks([admin.id, member.id], projectId);
    const filters: Record<string, unknown> = {
      projectId,
      status: "doing",
      createdBy: member.id,
      createdAfter: "2026-01-02T00:00:00Z",
      createdBefore: "2026-01-30T00:00:00.001+01:00",
      search: "É_%",
    };
    const { token } = await again(servers.both, admin);
    const found: string[] = [];
    let items = 0;
    for (let which = 0; which < 2 ** Object.keys(filters).length; which += 1) {
      const chosen = Object.entries(filters).filter((_, nth) => (which >> nth) % 2 === 1);
      let cursor: unknown;
      for (let page = 0; page < 3 && cursor !== null; page += 1) {
        const input = { limit: 2, ...Object.fromEntries(chosen), ...(page === 0 ? {} : { cursor }) };
        const sent = requestOf("query", "tasks.list", input, { token, workspaceId: homeId });
        const { heard, difference } = await servers.ask(sent, EVERY);
        if (difference !== null) found.push(difference);
        const { result } = JSON.parse(heard.text) as { result: { data: { items: []; nextCursor: unknown } } };
        ({ nextCursor: cursor } = result.data);
        items += result.data.items.length;
      }
    }
    expect(found.slice(0, 3).join("\n")).toBe("");
    expect(items).toBeGreaterThan(100);
  });

  it("answered with every kind of status", () => {
    for (const status of [200, 400, 401, 403, 404])
      expect(statuses.get(status), `${status}`).toBeGreaterThan(20);
  });

  it("have the same number of rows and the same audit entries", async () => {
    const [fast, plain] = await Promise.all(
      [servers.fast, servers.plain].map(({ database }) => traces(database)),
    );
    expect(fast).toEqual(plain);
  });
});

/** How many rows each table has, and how often each action was recorded, with its outcome and the kind of its actor. */
const traces = ({ owner }: ServerPair["fast"]["database"]) => {
  const tables = [...modelTables.map(({ table }) => table), "sessions", "users", "mail_outbox"];
  const counts = tables.map((table) => `UNION ALL SELECT '${table}', count(*) FROM ${table}`);
  return owner(
    `SELECT concat_ws(' ', 'log', action, outcome, actor_kind, target_type) AS what, count(*) FROM audit_logs GROUP BY 1
      UNION ALL SELECT concat_ws(' ', 'account', action, outcome), count(*) FROM account_events GROUP BY 1
      ${counts.join(" ")} ORDER BY 1`,
  );
};

/** Treats every value as one that existed before. */
const EVERY: ReadonlySet<string> = new (class extends Set<string> {
  override has(): boolean {
    return true;
  }
})();

/** Plants tasks of which each filter matches some. */
async function plantTasks(makers: readonly string[], projectId: string): Promise<void> {
  for (let nth = 0; nth < 30; nth += 1) {
    await servers.both.database.owner(
      `INSERT INTO tasks (id, workspace_id, project_id, title, status, created_by, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, '2026-01-01T00:00:00Z'::timestamptz + $7 * interval '1 day')`,
      [
        systemRandomness.newId(),
        callerSet.homeId,
        projectId,
        nth % 3 === 0 ? `note ${nth}` : `100 é_% ${nth}`,
        ["todo", "doing", "done"][nth % 3 === 0 ? 0 : 1],
        makers[nth % 2],
        nth,
      ],
    );
  }
}
