import { withOwner } from "@projostack/db";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  arrive,
  eventually,
  foundWorkspace,
  startTestServer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { makeKey, verdictOf, type MadeKey } from "./made-key.ts";

let server: TestServer;
let ada: Person;
let workspaceId: string;
let projectId: string;
beforeAll(async () => {
  server = await startTestServer();
  ada = await arrive(server, "ada");
  workspaceId = await foundWorkspace(ada);
  projectId = String((await ada.call("projects.create", { name: "Notes" }, workspaceId)).data.id);
});
afterAll(() => server.close());

/** How many statements of the server wait for a lock. */
async function waiting(): Promise<number> {
  const [row] = await server.database.owner<{ count: number }>(
    `SELECT count(*)::integer FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return row?.count ?? 0;
}

/**
 * A write of the key is held open in its transaction, after it was let in: the row that its task points to is locked.
 * Meanwhile the end begins, and only then is the write let go. What counts is whether the write has been committed when the
 * end is answered: of two answers that are sent in one moment either may arrive first.
 */
async function race(key: MadeKey, end: () => Promise<{ status: number }>): Promise<Raced> {
  const before = await tasks();
  let ended: Pick<Raced, "end" | "writeWasThere"> | null = null;
  let write = "";
  await withOwner({ connectionString: server.database.ownerUrl }, async (owner) => {
    await owner.query("BEGIN");
    await owner.query("SELECT FROM projects WHERE id = $1 FOR UPDATE", [projectId]);
    const writing = key
      .call("tasks.create", { projectId, title: "Held open" })
      .then((answer) => (write = verdictOf(answer)));
    await eventually(async () => (await waiting()) === 1);
    const ending = end().then(async ({ status }) => {
      ended = { end: status, writeWasThere: (await tasks()) > before };
    });
    // Either it is over by now, or it waits as well.
    await eventually(async () => ended !== null || (await waiting()) === 2);
    await owner.query("COMMIT");
    await Promise.all([writing, ending]);
  });
  return { write, ...(ended ?? { end: 0, writeWasThere: false }) };
}

interface Raced {
  readonly write: string;
  readonly end: number;
  readonly writeWasThere: boolean;
}

const inOrder = { write: "200", end: 200, writeWasThere: true };

const newKey = () => makeKey(server, ada, workspaceId, { scopes: ["task:write"] });
const revocationOf = ({ id }: MadeKey) => ada.call("serviceKeys.revoke", { id }, workspaceId);
const tasks = async () => {
  const [row] = await server.database.owner<{ count: number }>("SELECT count(*)::integer FROM tasks");
  return row?.count ?? 0;
};

describe("M3 a revocation", () => {
  it("M3 returns when the last write of its key has: none commits after it", async () => {
    for (let round = 0; round < 5; round += 1) {
      const key = await newKey();
      expect(await race(key, () => revocationOf(key))).toEqual(inOrder);
      const before = await tasks();
      const answer = await key.call("tasks.create", { projectId, title: "Too late" });
      expect([verdictOf(answer), await tasks()]).toEqual(["401 auth.unauthenticated", before]);
    }
  });

  it("M3 that comes between a request's beginning and its write refuses the write", async () => {
    const key = await newKey();
    const before = await tasks();
    // The key's row is held, so that the write waits at the door; it was known when the request began.
    const verdict = await withOwner({ connectionString: server.database.ownerUrl }, async (owner) => {
      await owner.query("BEGIN");
      await owner.query("UPDATE service_keys SET revoked_at = now() WHERE id = $1", [key.id]);
      const write = key.call("tasks.create", { projectId, title: "At the door" }).then(verdictOf);
      await eventually(async () => (await waiting()) === 1);
      await owner.query("COMMIT");
      return write;
    });
    expect([verdict, await tasks()]).toEqual(["401 auth.unauthenticated", before]);
  });

  it("M3 takes a workspace's deletion for one: it waits for the writes of keys", async () => {
    const passing = await foundWorkspace(ada, "Passing");
    const project = await ada.call("projects.create", { name: "Notes" }, passing);
    const key = await makeKey(server, ada, passing, { scopes: ["task:write"] });
    const own = projectId;
    projectId = String(project.data.id);
    const ended = await race(key, () => ada.call("workspaces.delete", { name: "Passing" }, passing));
    projectId = own;
    expect(ended).toEqual(inOrder);
  });
});

describe("without the lock", () => {
  it("the same race leaves a write behind the revocation: the lock is what keeps the promise", async () => {
    const [row] = await server.database.owner<{ text: string }>(
      "SELECT pg_get_functiondef('projo_enter_by_key'::regproc) AS text",
    );
    const guarded = row?.text ?? "";
    const naive = guarded.replace(/\s+FOR SHARE;/, ";");
    expect(naive).not.toBe(guarded);
    await server.database.owner(naive);
    const key = await newKey();
    const ended = await race(key, () => revocationOf(key));
    await server.database.owner(guarded);
    expect(ended).toEqual({ ...inOrder, writeWasThere: false });
  });
});
