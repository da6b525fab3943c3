// A prefetched query returns rows before the access check of its caller. Rows that the caller may not read must not appear in an answer
// or in a log line.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../kit/index.ts";
import { setScene } from "../resources/index.ts";
import { createCallerSet, type CallerSet } from "./caller-set.ts";
import { exchange } from "./exchange.ts";
import { requestOf } from "./requests.ts";

const SECRET = "the analytical engine";

let server: TestServer;
let callerSet: CallerSet;
let taskId: string;
beforeAll(async () => {
  server = await startTestServer({ PROJO_LOG_LEVEL: "debug" });
  callerSet = await createCallerSet(server);
  ({ taskId } = await setScene(server, callerSet.admin, {
    workspaceId: callerSet.homeId,
    email: callerSet.admin.email,
  }));
  await server.database.owner("UPDATE tasks SET title = $2 WHERE id = $1", [taskId, SECRET]);
});
afterAll(() => server.close());

/** Returns the answers to all reads of the task, with a token and from a workspace. */
async function answersTo(token: string | undefined, workspaceId: string | undefined): Promise<string> {
  const as = { token, workspaceId };
  const reads = [
    requestOf("query", "tasks.get", { id: taskId }, as),
    requestOf("query", "tasks.list", { search: "analytical" }, as),
    requestOf("query", ["tasks.get", "tasks.list", "audit.list"], { 0: { id: taskId }, 1: {}, 2: {} }, as),
    requestOf("query", ["auth.me", "tasks.get"], { 0: {}, 1: { id: taskId } }, as),
  ];
  const received = await Promise.all(reads.map((sent) => exchange(server.url, sent)));
  return received.map(({ headers, text }) => `${JSON.stringify(headers)} ${text}`).join("\n");
}

const MAY_READ = new Set([
  "viewer",
  "member",
  "admin",
  "admin, current workspace",
  "admin, by cookie",
  "admin, by a cookie that is replaced",
  "admin, by a cookie whose successor was given",
  "admin, by a cookie whose use is recorded",
  "key",
]);

describe("a prefetched row", () => {
  it("reaches members only, whatever workspace the header names", async () => {
    for (const [caller, tokenOf] of Object.entries(callerSet.callers)) {
      for (const [place, workspaceId] of Object.entries(callerSet.places)) {
        const isHere = place.startsWith("home");
        // A key belongs to one workspace, and a session can have a current workspace.
        const isCurrent = place === "none" && ["key", "admin, current workspace"].includes(caller);
        const answers = await answersTo(await tokenOf(), workspaceId);
        expect(answers.includes(SECRET), `${caller}, ${place}`).toBe(
          MAY_READ.has(caller) && (isHere || isCurrent),
        );
      }
    }
  });

  it("the caller gets no prefetched row after a membership, a workspace or a session has ended", async () => {
    const { owner } = server.database;
    const read = async () => answersTo(await callerSet.callers["member"]?.(), callerSet.homeId);
    const lock = (at: string) =>
      owner(`UPDATE workspace_members SET locked_at = ${at} WHERE workspace_id = $1`, [callerSet.homeId]);
    expect(await read()).toContain(SECRET);
    await lock("now()");
    expect(await read()).not.toContain(SECRET);
    await lock("NULL");
    expect(await read()).toContain(SECRET);
    const token = await callerSet.callers["member"]?.();
    await owner("DELETE FROM sessions WHERE user_id = $1", [callerSet.member.id]);
    expect(await answersTo(token, callerSet.homeId)).not.toContain(SECRET);
    await owner("DELETE FROM workspace_members WHERE user_id = $1", [callerSet.member.id]);
    expect(await read()).not.toContain(SECRET);
  });

  it("appears in no log line, and neither does the search term", () => {
    expect(server.logLines.length).toBeGreaterThan(50);
    for (const word of [SECRET, "analytical"])
      expect(server.logLines.filter((line) => line.includes(word))).toEqual([]);
  });
});
