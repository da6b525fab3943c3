// The fast server and the plain one are asked the same, and answer the same: every operation, by every kind of caller, from
// everywhere.
import { policy } from "@projostack/authz";
import { operations, type NamedOperation } from "@projostack/contract";
import { bySuite } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemRandomness } from "../../src/infra/randomness.ts";
import { again } from "../kit/index.ts";
import { inputOf, setScene, type Scene } from "../proofs/inputs.ts";
import { castFor, type Cast } from "./cast.ts";
import { requestOf } from "./requests.ts";
import { startTwins, type Twins } from "./twins.ts";

let twins: Twins;
let cast: Cast;
beforeAll(async () => {
  twins = await startTwins();
  cast = await castFor(twins.both);
});
afterAll(() => twins.close());

const statuses = new Map<number, number>();

/** In the short suite every second caller calls an operation. All of them call the prefetched ones. */
const isTried = (name: string, nth: number): boolean => {
  const place = operations.findIndex((one) => one.name === name);
  const short = (place + nth) % 2 === 0 || name === "tasks.get" || name === "tasks.list";
  return bySuite({ short, full: true });
};

/** What differs, whoever calls the operation. A call that changed nothing leaves its scene to the next. */
async function differencesOf({ name, operation: { kind, access } }: NamedOperation): Promise<string[]> {
  const inWorkspace = access in policy;
  const { admin, homeId, people, callers, travellers, places } = cast;
  const found: string[] = [];
  let used: { scene: Scene; caller: string } | undefined;
  for (const [nth, [caller, tokenOf]] of Object.entries(callers).entries()) {
    if (!isTried(name, nth)) continue;
    for (const [place, workspaceId] of Object.entries(places)) {
      // Where an operation is not about a workspace, a header of one is of no interest.
      if (place !== "home" && !(inWorkspace && travellers.has(caller))) continue;
      const person = access === "session" ? caller : "";
      const setting = { workspaceId: homeId, email: admin.email, caller: people[person] ?? admin };
      const scene = used?.caller === person ? used.scene : await setScene(twins.both, admin, setting);
      const input = inputOf(name, scene);
      const known = new Set(Object.values<string>({ ...scene, ...cast.places, ...input }));
      const as = { token: await tokenOf(), workspaceId };
      const { heard, difference } = await twins.ask(requestOf(kind, name, input, as), known);
      if (difference !== null) found.push(`${caller}, ${place}: ${difference}`);
      statuses.set(heard.status, (statuses.get(heard.status) ?? 0) + 1);
      used = kind === "mutation" && heard.status === 200 ? undefined : { scene, caller: person };
    }
  }
  return found;
}

describe("the fast server answers as the plain one", () => {
  it.each(operations)("$name, whoever calls it and from wherever", { timeout: 60_000 }, async (one) => {
    expect((await differencesOf(one)).slice(0, 3).join("\n")).toBe("");
  });

  it("tasks.list, under every filter, page after page", { timeout: 60_000 }, async () => {
    const { admin, member, homeId } = cast;
    const { projectId } = await setScene(twins.both, admin, { workspaceId: homeId, email: admin.email });
    await plantTasks([admin.id, member.id], projectId);
    const filters: Record<string, unknown> = {
      projectId,
      status: "doing",
      createdBy: member.id,
      createdAfter: "2026-01-02T00:00:00Z",
      createdBefore: "2026-01-30T00:00:00.001+01:00",
      search: "É_%",
    };
    const { token } = await again(twins.both, admin);
    const found: string[] = [];
    let items = 0;
    for (let which = 0; which < 2 ** Object.keys(filters).length; which += 1) {
      const chosen = Object.entries(filters).filter((_, nth) => (which >> nth) % 2 === 1);
      let cursor: unknown;
      for (let page = 0; page < 3 && cursor !== null; page += 1) {
        const input = { limit: 2, ...Object.fromEntries(chosen), ...(page === 0 ? {} : { cursor }) };
        const sent = requestOf("query", "tasks.list", input, { token, workspaceId: homeId });
        const { heard, difference } = await twins.ask(sent, EVERY);
        if (difference !== null) found.push(difference);
        const { result } = JSON.parse(heard.text) as { result: { data: { items: []; nextCursor: unknown } } };
        ({ nextCursor: cursor } = result.data);
        items += result.data.items.length;
      }
    }
    expect(found.slice(0, 3).join("\n")).toBe("");
    expect(items).toBeGreaterThan(100);
  });

  it("and the answers were of all kinds", () => {
    for (const status of [200, 400, 401, 403, 404])
      expect(statuses.get(status), `${status}`).toBeGreaterThan(20);
  });

  it("and did the same: the same rows are there, and the same is on record", async () => {
    const [fast, plain] = await Promise.all(
      [twins.fast, twins.plain].map(({ database }) => traces(database)),
    );
    expect(fast).toEqual(plain);
  });
});

/** How many rows there are, and how often what was put on record of whom. */
const traces = ({ owner }: Twins["fast"]["database"]) =>
  owner(
    `SELECT concat_ws(' ', 'log', action, outcome, actor_kind, target_type) AS what, count(*) FROM audit_logs GROUP BY 1
      UNION ALL SELECT concat_ws(' ', 'account', action, outcome), count(*) FROM account_events GROUP BY 1
      UNION ALL SELECT 'tasks', count(*) FROM tasks UNION ALL SELECT 'projects', count(*) FROM projects
      UNION ALL SELECT 'sessions', count(*) FROM sessions UNION ALL SELECT 'users', count(*) FROM users
      UNION ALL SELECT 'members', count(*) FROM workspace_members UNION ALL SELECT 'invites', count(*) FROM invites
      UNION ALL SELECT 'keys', count(*) FROM service_keys UNION ALL SELECT 'mail', count(*) FROM mail_outbox
      ORDER BY 1`,
  );

/** Whatever is in an answer was there before. */
const EVERY: ReadonlySet<string> = new (class extends Set<string> {
  override has(): boolean {
    return true;
  }
})();

/** Tasks that each filter lets some of through. */
async function plantTasks(makers: readonly string[], projectId: string): Promise<void> {
  for (let nth = 0; nth < 30; nth += 1) {
    await twins.both.database.owner(
      `INSERT INTO tasks (id, workspace_id, project_id, title, status, created_by, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, '2026-01-01T00:00:00Z'::timestamptz + $7 * interval '1 day')`,
      [
        systemRandomness.newId(),
        cast.homeId,
        projectId,
        nth % 3 === 0 ? `note ${nth}` : `100 é_% ${nth}`,
        ["todo", "doing", "done"][nth % 3 === 0 ? 0 : 1],
        makers[nth % 2],
        nth,
      ],
    );
  }
}
