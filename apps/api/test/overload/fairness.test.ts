// The load of one workspace does not delay another workspace.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../kit/index.ts";
import { createTask, place, timed, whileProjectIsLocked, type Place } from "./callers.ts";

let server: TestServer;
let locked: Place;
let other: Place;
beforeAll(async () => {
  server = await startTestServer();
  [locked, other] = await Promise.all([place(server), place(server)]);
});
afterAll(() => server.close());

describe("while 40 callers write to a locked project", () => {
  it("F12 the server serves reads and mutations of another workspace, and refuses the 40 calls in time", async () => {
    const { served, writers } = await whileProjectIsLocked(server, locked, async () => {
      const waiting = Promise.all(Array.from({ length: 40 }, () => timed(() => createTask(locked))));
      const answers = [];
      for (let round = 0; round < 5; round += 1) {
        answers.push(
          await timed(() => createTask(other)),
          await timed(() => other.admin.call("projects.get", { id: other.projectId }, other.id)),
          await timed(() => other.admin.call("tasks.list", { search: "loom" }, other.id)),
        );
      }
      return { served: answers, writers: await waiting };
    });
    expect(served.map(({ status }) => status)).toEqual(Array.from(served, () => 200));
    // Each write waits at most two seconds for a connection and at most two seconds for the lock.
    expect(writers.map(({ status }) => status)).toEqual(Array.from(writers, () => 503));
    expect(writers.every(({ answer }) => Number(answer.headers.get("retry-after")) > 0)).toBe(true);
    expect(Math.max(...writers.map(({ ms }) => ms))).toBeLessThan(10_000);
    expect(await createTask(locked)).toMatchObject({ status: 200 });
  });
});
