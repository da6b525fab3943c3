// Admission under overload: the server refuses calls that it cannot serve in time, and serves the others.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send, startTestServer, type TestServer } from "../kit/index.ts";
import { heavyOperations, urgentOperations } from "../../src/rpc/checks/check-admission.ts";
import { operations } from "@projostack/contract";
import { createTask, place, timed, whilePoolIsFull, type Place, type Timed } from "./callers.ts";

let server: TestServer;
let other: Place;
let taskId: string;
beforeAll(async () => {
  server = await startTestServer();
  other = await place(server);
  taskId = String((await createTask(other)).data.id);
});
afterAll(() => server.close());

describe("while every connection is in use", () => {
  it(
    "F9 the server refuses mutations at once with Retry-After, serves reads, and lets users sign out",
    { timeout: 60_000 },
    async () => {
      const departing = await place(server);
      const results = await whilePoolIsFull(server, async () => {
        const reads: Timed[] = [];
        const mutations: Timed[] = [];
        const signOut = await timed(() => departing.admin.call("auth.signOut", {}));
        for (let tries = 0; tries < 4; tries += 1) {
          mutations.push(await timed(() => createTask(other)));
          reads.push(await timed(() => other.admin.call("tasks.get", { id: taskId }, other.id)));
        }
        const ready = await send(`${server.url}/readyz`);
        const health = await timed(() => other.admin.call("system.health"));
        return { reads, mutations, signOut, ready, health };
      });
      const refused = results.mutations.filter(({ status, ms }) => status === 503 && ms < 1_000);
      expect(refused.length).toBeGreaterThan(0);
      for (const { answer } of refused) {
        expect(answer.error).toMatchObject({ reason: "server.busy" });
        expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
      }
      expect(results.reads.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      expect([results.signOut.status, results.ready.status, results.health.status]).toEqual([200, 200, 200]);
      expect(await createTask(other)).toMatchObject({ status: 200 });
    },
  );
});

describe("the lists of priorities", () => {
  it("contain only operations that exist", () => {
    const names = new Set(operations.map(({ name }) => name));
    expect([...urgentOperations, ...heavyOperations].filter((name) => !names.has(name))).toEqual([]);
  });
});
