// Two bugs: after a network that dropped all bytes for six seconds under 60 callers, the server returned 503 forever, because its
// pool was full of dead connections. While PostgreSQL was stopped, calls waited without a time limit.
import { setTimeout as delay } from "node:timers/promises";
import {
  bySuite,
  layFaultyNetwork,
  startOwnPostgres,
  type FaultyNetwork,
  type OwnPostgres,
} from "@projostack/db/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { arrive, foundWorkspace, startServerOver, type Person, type TestServer } from "../kit/index.ts";

let postgres: OwnPostgres;
let network: FaultyNetwork;
let server: TestServer;
let ada: Person;
let workspaceId: string;
let projectId: string;
beforeAll(async () => {
  postgres = await startOwnPostgres();
  const { hostname: host, port } = new URL(postgres.url);
  network = await layFaultyNetwork({ host, port: Number(port) });
  server = await startServerOver(postgres, { DATABASE_URL: network.urlOf(postgres.url) });
  ada = await arrive(server, "ada");
  workspaceId = await foundWorkspace(ada);
  projectId = String((await ada.call("projects.create", { name: "Notes" }, workspaceId)).data.id);
});
afterAll(async () => {
  network.become("passes");
  postgres.resume();
  await server.close();
  await network.close();
  await postgres.drop();
});

interface Outcome {
  readonly ms: number;
  readonly status: number;
  readonly title: string | null;
}

let titles = 0;
async function callOnce(nth: number): Promise<Outcome> {
  const title = nth % 4 === 0 ? `fault ${(titles += 1)}` : null;
  const startedAt = performance.now();
  const { status } =
    title === null
      ? await ada.call("tasks.list", { limit: 5 }, workspaceId)
      : await ada.call("tasks.create", { projectId, title }, workspaceId);
  return { ms: performance.now() - startedAt, status, title };
}

const faults: readonly [fault: string, begin: () => void, end: () => void][] = [
  ["the network drops every byte", () => network.become("swallows"), () => network.become("passes")],
  ["the network is frozen", () => network.become("freezes"), () => network.become("passes")],
  ["PostgreSQL is stopped", () => postgres.pause(), () => postgres.resume()],
];

it.each(bySuite({ short: faults.slice(0, 1), full: faults }))(
  "F4 F10 F11 while %s for 4 s the server returns 503, then recovers within 2 s without losing an acknowledged write",
  async (_fault, begin, end) => {
    const done = new AbortController();
    const outcomes: Outcome[] = [];
    const caller = async (nth: number) => {
      for (let count = nth; !done.signal.aborted; count += 1) {
        const outcome = await callOnce(count);
        outcomes.push(outcome);
        // The callers share one process with the server and the network. They wait less than Retry-After tells clients to wait.
        await delay(outcome.status === 200 ? 50 : 400);
      }
    };
    const callers = Promise.all(Array.from({ length: 20 }, (_, nth) => caller(nth)));
    await delay(500);
    begin();
    await delay(2_500);
    const [livez, readyz] = await Promise.all([timed(`${server.url}/livez`), timed(`${server.url}/readyz`)]);
    expect(livez).toMatchObject({ status: 200 });
    expect(readyz).toMatchObject({ status: 503 });
    expect(readyz.ms).toBeLessThan(2_000);
    await delay(1_000);
    end();
    await delay(2_000);
    done.abort();
    await callers;
    const after = await Promise.all(Array.from({ length: 20 }, (_, nth) => callOnce(nth)));
    expect(after.filter(({ status }) => status !== 200)).toEqual([]);
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set([200, 503]));
    expect(Math.max(...outcomes.map(({ ms }) => ms))).toBeLessThan(10_000);
    const acknowledged = [...outcomes, ...after].flatMap(({ title, status }) =>
      title !== null && status === 200 ? [title] : [],
    );
    const rows = await postgres.owner<{ title: string; many: number }>(
      "SELECT title, count(*)::int AS many FROM tasks WHERE title LIKE 'fault %' GROUP BY title",
    );
    const found = new Map(rows.map(({ title, many }) => [title, many]));
    expect(acknowledged.filter((title) => found.get(title) !== 1)).toEqual([]);
    expect(rows.filter(({ many }) => many > 1)).toEqual([]);
  },
);

async function timed(url: string): Promise<{ status: number; ms: number }> {
  const startedAt = performance.now();
  const { status } = await fetch(url);
  return { status, ms: performance.now() - startedAt };
}

it("F3 a server whose database does not respond stops gracefully within 10 s", async () => {
  const other = await startServerOver(postgres, { DATABASE_URL: network.urlOf(postgres.url) });
  const eve = await arrive(other, "eve");
  network.become("swallows");
  const waiting = Promise.all(Array.from({ length: 20 }, () => eve.call("auth.me").catch(() => null)));
  await delay(200);
  const startedAt = performance.now();
  await other.close();
  expect(performance.now() - startedAt).toBeLessThan(9_500);
  network.become("passes");
  await waiting;
});
