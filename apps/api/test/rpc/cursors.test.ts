import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseKeyRing } from "../../src/identity/key-ring.ts";
import { createCursors } from "../../src/rpc/cursors.ts";
import {
  arrive,
  foundWorkspace,
  idsOf,
  startServerOver,
  startSession,
  startTestServer,
  type Answer,
  type Person,
  type TestServer,
} from "../kit/index.ts";

const newKey = (kid: string) => `${kid}:${randomBytes(32).toString("base64url")}`;
const oldKey = newKey("1");

let server: TestServer;
let ada: Person;
let workspaceId: string;
let projectId: string;
let newestFirst: string[];

beforeAll(async () => {
  server = await startTestServer({ PROJO_TOKEN_KEYS: oldKey });
  ada = await arrive(server, "ada");
  workspaceId = await foundWorkspace(ada);
  projectId = (await ada.call("projects.create", { name: "Notes" }, workspaceId)).data.id;
  newestFirst = (await makeTasks(250)).toReversed();
});
afterAll(() => server.close());

/** Creates tasks. @returns their ids in the order of creation */
async function makeTasks(count: number, inProject = projectId, title = "Note"): Promise<string[]> {
  const ids: string[] = [];
  for (let made = 0; made < count; made += 100) {
    const items = Array.from({ length: Math.min(100, count - made) }, (_, n) => ({
      projectId: inProject,
      title: `${title} ${made + n}`,
    }));
    ids.push(...idsOf(await ada.call("tasks.createMany", { items }, workspaceId)));
  }
  return ids;
}

const list = (input: object = {}): Promise<Answer> => ada.call("tasks.list", input, workspaceId);

/** Reads all pages of a list. @param between runs after each page @returns the ids */
async function readAllPages(input: object, between: (page: string[]) => Promise<unknown> = async () => {}) {
  const ids: string[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const answer: Answer = await list({ ...input, ...(cursor === undefined ? {} : { cursor }) });
    expect(answer.status).toBe(200);
    ids.push(...idsOf(answer));
    cursor = answer.data.nextCursor as string | null;
    await between(idsOf(answer));
  }
  return ids;
}

const refusal = { status: 400, error: { reason: "cursor.invalid", httpStatus: 400, code: "BAD_REQUEST" } };

describe("The pages of a list", () => {
  it("show each task once, newest first", async () => {
    expect(await readAllPages({ limit: 7 })).toEqual(newestFirst);
    expect(await readAllPages({ limit: 100 })).toEqual(newestFirst);
  });

  it("end without a cursor, also after a full last page", async () => {
    const last = await list({ limit: 50, cursor: (await list({ limit: 100 })).data.nextCursor });
    const end = await list({ limit: 100, cursor: last.data.nextCursor });
    expect(idsOf(end)).toEqual(newestFirst.slice(150));
    expect(end.data.nextCursor).toBeNull();
  });

  it("may differ in size", async () => {
    const first = await list({ limit: 3 });
    const second = await list({ limit: 11, cursor: first.data.nextCursor });
    expect([...idsOf(first), ...idsOf(second)]).toEqual(newestFirst.slice(0, 14));
  });

  it("show each remaining task once while other tasks are created and deleted", async () => {
    const { data } = await ada.call("projects.create", { name: "Passing" }, workspaceId);
    const other = String(data.id);
    const temporary = await makeTasks(60, other, "Passing");
    const doomed = temporary.toReversed().filter((_, n) => n % 3 === 0);
    const removed = new Set<string>();
    const seen = await readAllPages({ limit: 7, projectId: other }, async (page) => {
      await makeTasks(1, other, "New");
      // Delete the last task of the page, to which the cursor points, and one that no page has shown yet.
      for (const id of [page.at(-1), doomed.find((one) => !removed.has(one))]) {
        if (id === undefined || removed.has(id)) continue;
        removed.add(id);
        await ada.call("tasks.delete", { id }, workspaceId);
      }
    });
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(seen.toSorted().toReversed());
    const stayed = temporary.filter((id) => !removed.has(id)).toReversed();
    expect(removed.size).toBeGreaterThan(5);
    expect(seen).toEqual(expect.arrayContaining(stayed));
    expect(seen.filter((id) => !temporary.includes(id))).toEqual([]);
    await ada.call("projects.delete", { id: other }, workspaceId);
  });
});

const isDefault = ({ order = "newest" }: { order?: string }) => order === "newest";

describe("A cursor", () => {
  let cursor: string;
  beforeAll(async () => {
    cursor = (await list({ limit: 7 })).data.nextCursor;
  });

  it("I10 opens the next page of its own list", async () => {
    expect(idsOf(await list({ limit: 7, cursor }))).toEqual(newestFirst.slice(7, 14));
  });

  it("I10 opens no list of another workspace, not even the same user's", async () => {
    const another = await foundWorkspace(ada, "Looms");
    expect(await ada.call("tasks.list", { cursor }, another)).toMatchObject(refusal);
    const eve = await arrive(server, "eve");
    expect(await eve.call("tasks.list", { cursor }, await foundWorkspace(eve))).toMatchObject(refusal);
  });

  it("I10 opens no list of another operation", async () => {
    await Promise.all(["A", "B", "C"].map((name) => ada.call("projects.create", { name }, workspaceId)));
    await Promise.all(["A", "B"].map((name) => foundWorkspace(ada, name)));
    const cursors: Record<string, string> = {
      "tasks.list": cursor,
      "projects.list": (await ada.call("projects.list", { limit: 1 }, workspaceId)).data.nextCursor,
      "workspaces.list": (await ada.call("workspaces.list", { limit: 1 })).data.nextCursor,
    };
    for (const [from, fromCursor] of Object.entries(cursors)) {
      for (const to of Object.keys(cursors)) {
        const answer = await ada.call(to, { cursor: fromCursor }, workspaceId);
        expect(answer, `${from} to ${to}`).toMatchObject(from === to ? { status: 200 } : refusal);
      }
    }
  });

  it("I10 opens no other user's list of workspaces", async () => {
    const own = await ada.call("workspaces.list", { limit: 1 });
    const bob = await arrive(server, "bob");
    await foundWorkspace(bob);
    expect(await bob.call("workspaces.list", { cursor: own.data.nextCursor })).toMatchObject(refusal);
  });

  it("I10 opens no list with another filter", async () => {
    const filters = [
      {},
      { status: "todo" },
      { status: "doing" },
      { projectId },
      { createdBy: ada.id },
      { createdAfter: "2020-01-01T00:00:00Z" },
      { createdBefore: "2120-01-01T00:00:00Z" },
      { search: "Note" },
      { search: "note" },
      { status: "todo", projectId },
    ];
    for (const filter of filters.filter((one) => !("status" in one && one.status === "doing"))) {
      const { nextCursor } = (await list({ limit: 7, ...filter })).data;
      for (const other of filters) {
        const answer = await list({ limit: 7, ...other, cursor: nextCursor });
        const same = JSON.stringify(filter) === JSON.stringify(other);
        expect(answer, `${JSON.stringify(filter)} to ${JSON.stringify(other)}`).toMatchObject(
          same ? { status: 200 } : refusal,
        );
      }
    }
  });

  it("I10 opens no list with another order, and is the same with the default order", async () => {
    const orders = [{}, { order: "newest" }, { order: "oldest" }, { order: "last_changed" }];
    for (const order of orders) {
      const { nextCursor } = (await list({ limit: 7, ...order })).data;
      for (const other of orders) {
        const answer = await list({ limit: 7, ...other, cursor: nextCursor });
        const same = order === other || (isDefault(order) && isDefault(other));
        expect(answer, `${JSON.stringify(order)} to ${JSON.stringify(other)}`).toMatchObject(
          same ? { status: 200 } : refusal,
        );
      }
    }
  });

  it("I10 of the last change causes an error with any single bit changed", async () => {
    const order = "last_changed";
    const last: string = (await list({ limit: 7, order })).data.nextCursor;
    const bytes = Buffer.from(last, "base64url");
    expect(bytes).toHaveLength(40);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const answer = await list({ limit: 7, order, cursor: changed.toString("base64url") });
      expect(answer, `bit ${bit}`).toMatchObject(refusal);
    }
  });

  it("I10 causes an error with any single bit changed", async () => {
    const bytes = Buffer.from(cursor, "base64url");
    expect(bytes).toHaveLength(32);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const answer = await list({ limit: 7, cursor: changed.toString("base64url") });
      expect(answer, `bit ${bit}`).toMatchObject(refusal);
    }
  });

  it("I10 causes an error when it is shortened or extended", async () => {
    for (let length = 0; length < cursor.length; length += 1) {
      expect(await list({ cursor: cursor.slice(0, length) }), `${length}`).toMatchObject(refusal);
    }
    const longer = ["A", "=", "==", " ", "\n", ".", cursor].map((end) => cursor + end);
    for (const text of [...longer, ` ${cursor}`, `${cursor.slice(0, 20)} ${cursor.slice(20)}`]) {
      expect(await list({ cursor: text }), text).toMatchObject(refusal);
    }
  });

  it("I10 causes an error in any other encoding of the same bytes", async () => {
    const bytes = Buffer.from(cursor, "base64url");
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const encodings = Array.from(alphabet, (end) => cursor.slice(0, -1) + end)
      .concat(bytes.toString("base64"), `${cursor}=`, `${cursor.slice(0, 8)}\t${cursor.slice(8)}`)
      .filter((text) => text !== cursor && Buffer.from(text, "base64url").equals(bytes));
    expect(encodings.length).toBeGreaterThanOrEqual(5);
    for (const text of encodings) expect(await list({ cursor: text }), text).toMatchObject(refusal);
  });

  it("I10 causes an error if it was made without the server's key", async () => {
    const forged = createCursors(parseKeyRing(newKey("1")), { owner: workspaceId, operation: "tasks.list" });
    const items = newestFirst.map((id) => ({ id }));
    const { nextCursor } = forged.page({ limit: 7 }, items);
    expect(await list({ limit: 7, cursor: nextCursor })).toMatchObject(refusal);
    // With the server's key, the result equals the server's cursor.
    const genuine = createCursors(parseKeyRing(oldKey), { owner: workspaceId, operation: "tasks.list" });
    const { data } = await list({ limit: 7 });
    const upTo = [...idsOf(await list({ limit: 7 })), newestFirst.at(-1) ?? ""].map((id) => ({ id }));
    expect(genuine.page({ limit: 7 }, upTo).nextCursor).toBe(data.nextCursor);
  });
});

/** Returns the status with which a server with the given keys answers a request with the cursor. */
async function statusAt(keys: string, cursor: string): Promise<number> {
  const again = await startServerOver(server.database, { PROJO_TOKEN_KEYS: keys });
  // Start a session with these keys, because the old sessions' tokens need the old key.
  const { token } = await startSession(again, ada.id);
  try {
    const query = `?input=${encodeURIComponent(JSON.stringify({ limit: 7, cursor }))}`;
    const headers = { authorization: `Bearer ${token}`, "x-workspace-id": workspaceId };
    return (await fetch(`${again.url}/trpc/tasks.list${query}`, { headers })).status;
  } finally {
    await again.close();
  }
}

describe("The server's key ring", () => {
  it("I10 keeps a cursor valid after a restart and after the addition of a key, until the old key is removed", async () => {
    const cursor: string = (await list({ limit: 7 })).data.nextCursor;
    const next = newKey("2");
    expect(await statusAt(oldKey, cursor)).toBe(200);
    expect(await statusAt(`${next},${oldKey}`, cursor)).toBe(200);
    expect(await statusAt(next, cursor)).toBe(400);
  });

  it("signs with the newest key and verifies with all keys", () => {
    const [older, newer] = [newKey("1"), newKey("2")];
    const both = parseKeyRing(`${newer},${older}`);
    const code = both.sign("cursor", "m");
    expect(parseKeyRing(newer).verify("cursor", "m", code)).toBe(true);
    expect(parseKeyRing(older).verify("cursor", "m", code)).toBe(false);
    expect(both.verify("cursor", "m", parseKeyRing(older).sign("cursor", "m"))).toBe(true);
    expect(both.verify("another purpose", "m", code)).toBe(false);
    expect(both.verify("cursor", "m2", code)).toBe(false);
    expect(both.verify("cursor", "m", code.subarray(0, 15))).toBe(false);
    expect(both.verify("cursor", "m", new Uint8Array(0))).toBe(false);
  });
});
