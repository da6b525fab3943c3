// What a hot read asks in one trip with who asks is found before it is known whether it may be told. It is told to nobody who
// may not be told: not in an answer, and not in a line of the log.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../kit/index.ts";
import { setScene } from "../resources/index.ts";
import { castFor, type Cast } from "./cast.ts";
import { exchange } from "./exchange.ts";
import { requestOf } from "./requests.ts";

const SECRET = "the analytical engine";

let server: TestServer;
let cast: Cast;
let taskId: string;
beforeAll(async () => {
  server = await startTestServer({ PROJO_LOG_LEVEL: "debug" });
  cast = await castFor(server);
  ({ taskId } = await setScene(server, cast.admin, { workspaceId: cast.homeId, email: cast.admin.email }));
  await server.database.owner("UPDATE tasks SET title = $2 WHERE id = $1", [taskId, SECRET]);
});
afterAll(() => server.close());

/** What is told of the task to whom calls from there. */
async function toldTo(token: string | undefined, workspaceId: string | undefined): Promise<string> {
  const as = { token, workspaceId };
  const reads = [
    requestOf("query", "tasks.get", { id: taskId }, as),
    requestOf("query", "tasks.list", { search: "analytical" }, as),
    requestOf("query", ["tasks.get", "tasks.list", "audit.list"], { 0: { id: taskId }, 1: {}, 2: {} }, as),
    requestOf("query", ["auth.me", "tasks.get"], { 0: {}, 1: { id: taskId } }, as),
  ];
  const heard = await Promise.all(reads.map((sent) => exchange(server.url, sent)));
  return heard.map(({ headers, text }) => `${JSON.stringify(headers)} ${text}`).join("\n");
}

const MAY_READ = new Set(["viewer", "member", "admin", "admin, here by their session", "key"]);

describe("what is asked ahead", () => {
  it("is told to members and to nobody else, wherever they say that they are", async () => {
    for (const [caller, tokenOf] of Object.entries(cast.callers)) {
      for (const [place, workspaceId] of Object.entries(cast.places)) {
        const isHere = place.startsWith("home");
        // A key's workspace is its own, and a session may have a current one.
        const isCurrent = place === "none" && ["key", "admin, here by their session"].includes(caller);
        const told = await toldTo(await tokenOf(), workspaceId);
        expect(told.includes(SECRET), `${caller}, ${place}`).toBe(
          MAY_READ.has(caller) && (isHere || isCurrent),
        );
      }
    }
  });

  it("is told no more from the moment at which a membership ends, a workspace is deleted, or a session ends", async () => {
    const { owner } = server.database;
    const tell = async () => toldTo(await cast.callers["member"]?.(), cast.homeId);
    const lock = (at: string) =>
      owner(`UPDATE workspace_members SET locked_at = ${at} WHERE workspace_id = $1`, [cast.homeId]);
    expect(await tell()).toContain(SECRET);
    await lock("now()");
    expect(await tell()).not.toContain(SECRET);
    await lock("NULL");
    expect(await tell()).toContain(SECRET);
    const token = await cast.callers["member"]?.();
    await owner("DELETE FROM sessions WHERE user_id = $1", [cast.member.id]);
    expect(await toldTo(token, cast.homeId)).not.toContain(SECRET);
    await owner("DELETE FROM workspace_members WHERE user_id = $1", [cast.member.id]);
    expect(await tell()).not.toContain(SECRET);
  });

  it("is in no line of the log, and neither is what it was asked with", () => {
    expect(server.logLines.length).toBeGreaterThan(50);
    for (const word of [SECRET, "analytical"])
      expect(server.logLines.filter((line) => line.includes(word))).toEqual([]);
  });
});
