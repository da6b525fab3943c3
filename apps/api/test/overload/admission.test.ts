// A server with more to do than it can: what could not be served in time is refused at once, the rest is served.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send, startTestServer, type TestServer } from "../kit/index.ts";
import { heavyOperations, urgentOperations } from "../../src/rpc/checks/check-admission.ts";
import { operations } from "@projostack/contract";
import { createTask, place, timed, whilePoolIsFull, type Place, type Timed } from "./crowd.ts";

let server: TestServer;
let other: Place;
let taskId: string;
beforeAll(async () => {
  server = await startTestServer();
  other = await place(server);
  taskId = String((await createTask(other)).data.id);
});
afterAll(() => server.close());

describe("while every connection is taken and none is given back", () => {
  it(
    "F9 a change is refused at once with Retry-After, reads are served, and people can sign out",
    { timeout: 60_000 },
    async () => {
      const leaving = await place(server);
      const seen = await whilePoolIsFull(server, async () => {
        const reads: Timed[] = [];
        const changes: Timed[] = [];
        const left = await timed(() => leaving.admin.call("auth.signOut", {}));
        for (let tries = 0; tries < 4; tries += 1) {
          changes.push(await timed(() => createTask(other)));
          reads.push(await timed(() => other.admin.call("tasks.get", { id: taskId }, other.id)));
        }
        const ready = await send(`${server.url}/readyz`);
        const health = await timed(() => other.admin.call("system.health"));
        return { reads, changes, left, ready, health };
      });
      const refused = seen.changes.filter(({ status, ms }) => status === 503 && ms < 1_000);
      expect(refused.length).toBeGreaterThan(0);
      for (const { answer } of refused) {
        expect(answer.error).toMatchObject({ reason: "server.busy" });
        expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
      }
      expect(seen.reads.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      expect([seen.left.status, seen.ready.status, seen.health.status]).toEqual([200, 200, 200]);
      expect(await createTask(other)).toMatchObject({ status: 200 });
    },
  );
});

describe("the priorities", () => {
  it("are given to operations that there are", () => {
    const names = new Set(operations.map(({ name }) => name));
    expect([...urgentOperations, ...heavyOperations].filter((name) => !names.has(name))).toEqual([]);
  });
});
