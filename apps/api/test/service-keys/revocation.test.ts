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

/** Counts the server's statements that wait for a lock. */
async function waitingCount(): Promise<number> {
  const [row] = await server.database.owner<{ count: number }>(
    `SELECT count(*)::integer FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return row?.count ?? 0;
}

/**
 * Blocks a write of the key inside its transaction, after the access check, by a lock on the task's project. Then the
 * withdrawal of the key begins, and only then the lock is released. The result says whether the write is in the database when
 * the withdrawal returns. The order in which the two responses arrive does not matter.
 */
async function race(key: MadeKey, end: () => Promise<{ status: number }>): Promise<Raced> {
  const before = await tasks();
  let ended: Pick<Raced, "end" | "writeIsCommitted"> | null = null;
  let write = "";
  await withOwner({ connectionString: server.database.ownerUrl }, async (owner) => {
    await owner.query("BEGIN");
    await owner.query("SELECT FROM projects WHERE id = $1 FOR UPDATE", [projectId]);
    const writing = key
      .call("tasks.create", { projectId, title: "Held open" })
      .then((answer) => (write = verdictOf(answer)));
    await eventually(async () => (await waitingCount()) === 1);
    const ending = end().then(async ({ status }) => {
      ended = { end: status, writeIsCommitted: (await tasks()) > before };
    });
    // By now the withdrawal has returned or waits too.
    await eventually(async () => ended !== null || (await waitingCount()) === 2);
    await owner.query("COMMIT");
    await Promise.all([writing, ending]);
  });
  return { write, ...(ended ?? { end: 0, writeIsCommitted: false }) };
}

interface Raced {
  readonly write: string;
  readonly end: number;
  readonly writeIsCommitted: boolean;
}

const inOrder = { write: "200", end: 200, writeIsCommitted: true };

const newKey = () => makeKey(server, ada, workspaceId, { scopes: ["task:write"] });
const revocationOf = ({ id }: MadeKey) => ada.call("serviceKeys.revoke", { id }, workspaceId);
const tasks = async () => {
  const [row] = await server.database.owner<{ count: number }>("SELECT count(*)::integer FROM tasks");
  return row?.count ?? 0;
};

describe("The revocation of a key", () => {
  it("M3 waits for the last write of the key, and no write commits after it", async () => {
    for (let round = 0; round < 5; round += 1) {
      const key = await newKey();
      expect(await race(key, () => revocationOf(key))).toEqual(inOrder);
      const before = await tasks();
      const answer = await key.call("tasks.create", { projectId, title: "Too late" });
      expect([verdictOf(answer), await tasks()]).toEqual(["401 auth.unauthenticated", before]);
    }
  });

  it("M3 between the start of a request and its write prevents the write", async () => {
    const key = await newKey();
    const before = await tasks();
    // The lock on the key's row makes the write wait at the access check, after the key was authenticated.
    const verdict = await withOwner({ connectionString: server.database.ownerUrl }, async (owner) => {
      await owner.query("BEGIN");
      await owner.query("UPDATE service_keys SET revoked_at = now() WHERE id = $1", [key.id]);
      const write = key
        .call("tasks.create", { projectId, title: "Waits at the access check" })
        .then(verdictOf);
      await eventually(async () => (await waitingCount()) === 1);
      await owner.query("COMMIT");
      return write;
    });
    expect([verdict, await tasks()]).toEqual(["401 auth.unauthenticated", before]);
  });

  it("M3 by the deletion of its workspace waits for the writes of the key", async () => {
    const doomed = await foundWorkspace(ada, "Passing");
    const project = await ada.call("projects.create", { name: "Notes" }, doomed);
    const key = await makeKey(server, ada, doomed, { scopes: ["task:write"] });
    const previous = projectId;
    projectId = String(project.data.id);
    const ended = await race(key, () => ada.call("workspaces.delete", { name: "Passing" }, doomed));
    projectId = previous;
    expect(ended).toEqual(inOrder);
  });
});

describe("The same race without the row lock", () => {
  it("commits a write after the revocation, so the lock is necessary", async () => {
    const [row] = await server.database.owner<{ text: string }>(
      "SELECT pg_get_functiondef('projo_enter_by_key'::regproc) AS text",
    );
    const original = row?.text ?? "";
    const withoutLock = original.replace(/\s+FOR SHARE;/, ";");
    expect(withoutLock).not.toBe(original);
    await server.database.owner(withoutLock);
    const key = await newKey();
    const ended = await race(key, () => revocationOf(key));
    await server.database.owner(original);
    expect(ended).toEqual({ ...inOrder, writeIsCommitted: false });
  });
});
