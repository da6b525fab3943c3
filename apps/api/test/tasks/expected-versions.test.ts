// Updates and deletions of tasks and projects that require a version.
import { randomUUID } from "node:crypto";
import { ROUNDS } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  arrive,
  call,
  foundWorkspace,
  join,
  startTestServer,
  type Answer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { raceAtLock } from "../members/lock-waits.ts";
import { keyOf } from "../mutants/attackers.ts";

const PARALLEL = 8;
const ABSENT = "0190a6f0-0000-7000-8000-00000000abcd";

let server: TestServer;
let ada: Person;
let bob: Person;
let workspaceId: string;
let elsewhereId: string;
let projectId: string;
beforeAll(async () => {
  server = await startTestServer();
  ada = await arrive(server, "ada");
  bob = await arrive(server, "bob");
  workspaceId = await foundWorkspace(ada);
  elsewhereId = await foundWorkspace(ada, "Elsewhere");
  await join(server, workspaceId, bob, "admin");
  projectId = String((await ada.call("projects.create", { name: "Notes" }, workspaceId)).data.id);
});
afterAll(() => server.close());

const asAda = (operation: string, input: object): Promise<Answer> => ada.call(operation, input, workspaceId);

interface Row {
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

const resources = [
  {
    thing: "task",
    table: "tasks",
    text: "title",
    create: (title: string) => ({ projectId, title }),
    change: (title: string) => ({ title }),
    write: ["task:write"],
    remove: ["task:write"],
  },
  {
    thing: "project",
    table: "projects",
    text: "name",
    create: (name: string) => ({ name }),
    change: (name: string) => ({ name }),
    write: ["project:write"],
    remove: ["project:delete"],
  },
] as const;

describe.each(resources)("the expected version of a $thing", ({ thing, table, text, ...resource }) => {
  const make = async (title: string): Promise<string> =>
    String((await asAda(`${table}.create`, resource.create(title))).data.id);
  const get = async (id: string): Promise<Row> => (await asAda(`${table}.get`, { id })).data as Row;
  const update = (input: { id: string; title: string; expectedVersion?: number }, person = ada) => {
    const { id, title, expectedVersion } = input;
    return person.call(`${table}.update`, { id, ...resource.change(title), expectedVersion }, workspaceId);
  };
  const conflict = { code: "CONFLICT", httpStatus: 409, reason: `${thing}.version_conflict` };

  it("lets an update pass that is based on the present version", async () => {
    const id = await make("One");
    expect(await get(id)).toMatchObject({ version: 1 });
    const answer = await update({ id, title: "Two", expectedVersion: 1 });
    expect(answer).toMatchObject({ status: 200, data: { [text]: "Two", version: 2 } });
    const present = await get(id);
    expect(present).toEqual(answer.data);
    expect(Date.parse(present.updatedAt)).toBeGreaterThan(Date.parse(present.createdAt));
  });

  it("refuses an update that is based on an earlier or a later version, with the present row", async () => {
    const id = await make("One");
    await update({ id, title: "Two" }, bob);
    const present = await get(id);
    for (const expectedVersion of [1, 3, 2_147_483_647]) {
      const answer = await update({ id, title: "Three", expectedVersion });
      expect(answer).toMatchObject({ status: 409, error: { ...conflict, current: present } });
      expect(Object.keys(answer.error?.current ?? {})).toEqual(Object.keys(present));
    }
    expect(await get(id)).toEqual(present);
  });

  it("the version is not compared if it is omitted: the later call wins", async () => {
    const id = await make("One");
    await update({ id, title: "Two" });
    expect(await update({ id, title: "Three" }, bob)).toMatchObject({ status: 200, data: { version: 3 } });
  });

  it("the version stays valid after an update that changes nothing", async () => {
    const id = await make("One");
    const before = await get(id);
    for (const person of [ada, bob]) {
      const answer = await update({ id, title: "One", expectedVersion: 1 }, person);
      expect(answer).toMatchObject({ status: 200, data: before });
    }
    expect(await update({ id, title: "Two", expectedVersion: 1 })).toMatchObject({ status: 200 });
  });

  it("finds no row that is absent or belongs to another workspace", async () => {
    const foreign = String((await ada.call("projects.create", { name: "Foreign" }, elsewhereId)).data.id);
    const foreignId =
      thing === "project"
        ? foreign
        : String(
            (await ada.call("tasks.create", { projectId: foreign, title: "Foreign" }, elsewhereId)).data.id,
          );
    for (const id of [ABSENT, foreignId]) {
      for (const expectedVersion of [1, 7]) {
        const answers = [
          await update({ id, title: "Two", expectedVersion }),
          await asAda(`${table}.delete`, { id, expectedVersion }),
        ];
        for (const { status, error } of answers) {
          expect({ status, reason: error?.reason }).toEqual({ status: 404, reason: `${thing}.not_found` });
          expect(error).not.toHaveProperty("current");
        }
      }
    }
  });

  it("lets exactly one of several parallel updates pass", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const id = await make("One");
      const answers = await Promise.all(
        Array.from({ length: PARALLEL }, (_, n) =>
          update({ id, title: `By ${n}`, expectedVersion: 1 }, n % 2 ? ada : bob),
        ),
      );
      expect(answers).toHaveLength(PARALLEL);
      expectOneWinner(answers, await get(id));
    }
  });

  const lockOf = (id: string) => ({ lock: `SELECT FROM ${table} WHERE id = $1 FOR UPDATE`, values: [id] });

  it("lets exactly one update pass when all of them wait for the lock of the row", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const id = await make("One");
      const answers = await raceAtLock(server, { ...lockOf(id), until: PARALLEL }, () =>
        Promise.all(
          Array.from({ length: PARALLEL }, (_, n) => update({ id, title: `By ${n}`, expectedVersion: 1 })),
        ),
      );
      expect(answers).toHaveLength(PARALLEL);
      expectOneWinner(answers, await get(id));
    }
  });

  function expectOneWinner(answers: readonly Answer[], present: Row) {
    const [winner, ...others] = answers.toSorted((one, other) => one.status - other.status);
    expect(winner).toMatchObject({ status: 200, data: present });
    expect(present.version).toBe(2);
    for (const answer of others)
      expect(answer).toMatchObject({ status: 409, error: { ...conflict, current: present } });
  }

  it("prevents the deletion of a row that has changed, which then records nothing", async () => {
    const id = await make("One");
    await update({ id, title: "Two" });
    const refused = await asAda(`${table}.delete`, { id, expectedVersion: 1 });
    expect(refused).toMatchObject({ status: 409, error: { ...conflict, current: await get(id) } });
    const entries = () => server.database.owner("SELECT action FROM audit_logs WHERE target_id = $1", [id]);
    expect(await entries()).toEqual([]);
    expect(await asAda(`${table}.delete`, { id, expectedVersion: 2 })).toMatchObject({
      status: 200,
      data: { id },
    });
    expect(await entries()).toEqual([{ action: `${thing}.deleted` }]);
  });

  it("lets either an update or a deletion pass that are based on one version", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const id = await make("One");
      const answers = await raceAtLock(server, { ...lockOf(id), until: 2 }, () =>
        Promise.all([
          update({ id, title: "Two", expectedVersion: 1 }),
          asAda(`${table}.delete`, { id, expectedVersion: 1 }),
        ]),
      );
      expect(answers.map(({ status }) => status).toSorted()).toSatisfy(
        ([won, lost]: number[]) => won === 200 && lost !== 200,
      );
    }
  });

  it("shows the present row only to a caller who may read it", async () => {
    const id = await make("Secret");
    const permissions = [...resource.write, ...resource.remove];
    const writer = await keyOf(
      server,
      { id: workspaceId, admin: ada },
      { role: "admin", scopes: permissions },
    );
    const reader = await keyOf(
      server,
      { id: workspaceId, admin: ada },
      { role: "admin", scopes: [...permissions, `${thing}:read`] },
    );
    for (const [key, isShown] of [
      [writer, false],
      [reader, true],
    ] as const) {
      for (const answer of [
        await key.call(`${table}.update`, { id, ...resource.change("Two"), expectedVersion: 9 }, workspaceId),
        await key.call(`${table}.delete`, { id, expectedVersion: 9 }, workspaceId),
      ]) {
        expect(answer).toMatchObject({ status: 409, error: conflict });
        expect(answer.text.includes("Secret")).toBe(isShown);
      }
    }
    expect(server.logLines.filter((line) => line.includes("Secret"))).toEqual([]);
  });

  it("a value that is no version is refused", async () => {
    const id = await make("One");
    for (const expectedVersion of [0, -1, 1.5, "1", null, 2_147_483_648]) {
      const answer = await asAda(`${table}.update`, { id, ...resource.change("Two"), expectedVersion });
      expect(answer.error).toMatchObject({ reason: "input.invalid" });
      expect(Object.keys(answer.error?.fieldErrors ?? {})).toEqual(["expectedVersion"]);
    }
    const nothing = await asAda("tasks.update", { id, expectedVersion: 1 });
    expect(nothing.error).toMatchObject({ reason: "input.invalid" });
  });

  it("a call with an idempotency key returns its first answer again, also after another change", async () => {
    const id = await make("One");
    const input = { id, ...resource.change("Two"), expectedVersion: 1 };
    const headers = { "idempotency-key": randomUUID() };
    const send = () => call(server.url, `${table}.update`, { input, token: ada.token, workspaceId, headers });
    const first = await send();
    expect(first).toMatchObject({ status: 200, data: { version: 2 } });
    await update({ id, title: "Three" }, bob);
    const second = await send();
    expect(second.text).toBe(first.text);
    expect((await get(id)).version).toBe(3);
  });
});
