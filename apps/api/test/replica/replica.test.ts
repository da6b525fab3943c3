// Two servers share a primary and a standby that answers their lists.
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { operations } from "@projostack/contract";
import {
  hasPostgres15,
  isFullSuite,
  startReplicatedPostgres,
  type ReplicatedPostgres,
} from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inspectEnvironment } from "../../src/config/inspect-environment.ts";
import type { Check } from "../../src/doctor/check.ts";
import { runDoctor } from "../../src/doctor/run-doctor.ts";
import { arrive, call, join, startServerOver, type TestServer } from "../kit/index.ts";
import { growthOf, METRICS_TOKEN, readMetrics, valueOf } from "../observe/metrics-kit.ts";
import { createTask, place, type Place } from "../overload/callers.ts";

const mustRun = process.env["CI"] === "true";

describe.runIf(isFullSuite && (hasPostgres15 || mustRun))("servers with a read replica", () => {
  let postgres: ReplicatedPostgres;
  let one: TestServer;
  let other: TestServer;
  let here: Place;

  beforeAll(async () => {
    postgres = await startReplicatedPostgres();
    const settings = {
      PROJO_TOKEN_KEYS: `1:${randomBytes(32).toString("base64url")}`,
      PROJO_METRICS_TOKEN: METRICS_TOKEN,
      PROJO_DATABASE_REPLICA_URL: postgres.standby.url,
      PROJO_DATABASE_REPLICA_MAX_LAG_MS: "2000",
    };
    one = await startServerOver(postgres.database, settings);
    other = await startServerOver(postgres.database, settings);
    while ([one, other].some((server) => linesOf(server, IN_USE) === 0)) await delay(20);
    here = await place(one);
    await createTask(here);
  });
  afterAll(async () => {
    await Promise.all([one?.close(), other?.close()]);
    await postgres?.stop();
  });

  const answered = ["projo_replica_reads_total", { outcome: "answered" }] as const;
  const callOn = (server: TestServer, name: string, input: object = {}, token = here.admin.token) =>
    call(server.url, name, { input, token, workspaceId: here.id });

  it.each([
    ["tasks.list", {}],
    ["tasks.list", { search: "Oil" }],
    ["tasks.list", { createdBy: "0195a2c4-7d1e-7c3a-9d5e-2f1b6c8a9e10" }],
    ["projects.list", {}],
    ["projects.list", { search: "Looms" }],
    ["audit.list", {}],
  ])("the replica answers %s %j", async (name, input) => {
    const grown = () =>
      growthOf(one, answered, async () => expect((await callOn(one, name, input)).status).toBe(200));
    // On a busy machine the replica can be behind for a moment.
    await expect.poll(grown, PATIENT).toBe(1);
  });

  it("the replica answers no other query", async () => {
    const others = operations.filter(
      ({ operation }) => operation.kind === "query" && !operation.mayReadReplica,
    );
    const grown = await growthOf(one, answered, async () => {
      for (const { name, operation } of others) await callOn(one, name, operation.example.input as object);
    });
    expect(grown).toBe(0);
  });

  it("a change through one server is at once in the list of another, for a user and for a key", async () => {
    const scopes = ["task:read", "task:write"];
    const made = await callOn(one, "serviceKeys.create", { name: "Robot", role: "member", scopes });
    const tokens = [here.admin.token, String(made.data.token)];
    const grown = await growthOf(other, answered, async () => {
      for (let nth = 0; nth < 20; nth += 1) {
        const token = tokens[nth % 2];
        const created = await callOn(one, "tasks.create", { projectId: here.projectId, title: "New" }, token);
        const { data } = await callOn(other, "tasks.list", { limit: 1 }, token);
        expect(data.items[0].id).toBe(created.data.id);
      }
    });
    expect(grown).toBeGreaterThan(0);
  });

  it("M2 a removed member gets no list", async () => {
    const guest = await arrive(one, "guest");
    await join(one, here.id, guest, "viewer");
    expect((await callOn(other, "tasks.list", {}, guest.token)).status).toBe(200);
    expect((await callOn(one, "members.remove", { userId: guest.id })).status).toBe(200);
    expect((await callOn(other, "tasks.list", {}, guest.token)).error?.reason).toBe("workspace.not_found");
  });

  it("the doctor compares the replica with the primary", async () => {
    const { database, standby } = postgres;
    expect(await doctorOn(database.url, standby.url)).toMatch(/^ok: it follows the primary/);
    expect(await doctorOn(database.url, database.url)).toMatch(/^problem: .*it is not in recovery/);
  });

  it("no call fails when the replica is killed, and the log and the metrics say once that it is not used", async () => {
    const lists = Promise.all(Array.from({ length: 30 }, () => callOn(one, "tasks.list", { limit: 1 })));
    postgres.standby.signalAll("SIGKILL");
    for (const { status } of await lists) expect(status).toBe(200);
    const created = await createTask(here);
    const { data } = await callOn(one, "tasks.list", { limit: 1 });
    expect(data.items[0].id).toBe(created.data.id);
    await expect.poll(() => linesOf(one, NOT_USED), PATIENT).toBe(1);
    const text = await readMetrics(one);
    expect(valueOf(text, "projo_replica_unusable", { problem: "unreachable" })).toBe(1);
    expect(valueOf(text, "projo_replica_unusable")).toBe(1);
    expect(valueOf(text, "projo_database_connections_max", { target: "replica" })).toBe(8);
    // A check later the problem is the same, and the log has no other line.
    await delay(2_500);
    expect(linesOf(one, NOT_USED)).toBe(1);
  });
});

/** @returns the finding of the doctor about the replica */
async function doctorOn(url: string, replicaUrl: string): Promise<string> {
  const environment = {
    DATABASE_URL: url,
    PROJO_DATABASE_REPLICA_URL: replicaUrl,
    PROJO_DATABASE_REPLICA_MAX_LAG_MS: "2000",
  };
  const { output } = await runDoctor({ json: true }, () => inspectEnvironment(environment));
  const { checks } = JSON.parse(output) as { checks: Check[] };
  const found = checks.find(
    ({ subject, name }) => subject === "PROJO_DATABASE_REPLICA_URL" && name === "standby",
  );
  return `${found?.status}: ${found?.message}`;
}

const PATIENT = { timeout: 40_000, interval: 50 };
const IN_USE = "the replica answers lists and searches";
const NOT_USED = "the primary answers the reads of the replica";

const linesOf = ({ logLines }: TestServer, text: string): number =>
  logLines.filter((line) => line.includes(text)).length;
