// Every operation of the contract is called, and what goes on record of it is what the contract says, and nothing else.
import { auditActions, accountActions, operations } from "@projostack/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemRandomness } from "../../src/runtime/randomness.ts";
import {
  again,
  arrive,
  call,
  foundWorkspace,
  startTestServer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { printTable } from "../proofs/print-table.ts";
import { inputOf, operationFixture, setScene, tokenFor } from "../resources/index.ts";

let server: TestServer;
let admin: Person;
let account: Person;
let workspaceId: string;
beforeAll(async () => {
  server = await startTestServer();
  admin = await arrive(server, "admin");
  account = await arrive(server, "account");
  workspaceId = await foundWorkspace(admin);
});
afterAll(() => server.close());

/** The ids of all that is on record, with their actions. */
async function onRecord(): Promise<Map<string, string>> {
  const rows = await server.database.owner<{ id: string; action: string }>(
    "SELECT id, action FROM audit_logs UNION ALL SELECT id, action FROM account_events",
  );
  return new Map(rows.map(({ id, action }) => [id, action]));
}

/** What an operation puts on record when it is called as it should be. */
async function recordedBy(name: string): Promise<{ status: number; actions: string[] }> {
  const scene = await setScene(server, admin, { workspaceId, email: account.email });
  const { token } = await again(server, admin);
  const { newId } = systemRandomness;
  await operationFixture(name).arrange?.({ server, workspaceId, admin, caller: admin, newId });
  const before = await onRecord();
  const { status } = await call(server.url, name, {
    token: tokenFor(name, { token }, scene),
    workspaceId,
    input: inputOf(name, scene),
  });
  const after = await onRecord();
  return { status, actions: [...after].filter(([id]) => !before.has(id)).map(([, action]) => action) };
}

const recording = operations.filter(({ operation }) => typeof operation.records === "string");
const silent = operations.filter(({ operation }) => typeof operation.records !== "string");

describe("what goes on record", () => {
  it.each(recording.map(({ name, operation }) => [name, operation.records] as const))(
    "U1 %s is on record, as %s and once",
    async (name, action) => {
      expect(await recordedBy(name)).toEqual({
        status: 200,
        actions: [action, ...(operationFixture(name).alsoRecords ?? [])],
      });
    },
  );

  it.each(silent.map(({ name }) => name))("%s leaves no trace, as the contract says", async (name) => {
    expect(await recordedBy(name)).toEqual({ status: 200, actions: [] });
  });

  it("whatever changes something is on record, or the contract says why it is not", async () => {
    const reasons = silent.flatMap(({ name, operation: { kind, records } }) =>
      kind === "mutation" && typeof records === "object" ? [[name, records.nothing] as const] : [],
    );
    expect(reasons.filter(([, reason]) => reason.length <= 20)).toEqual([]);
    // A change of this page shows in a review that a mutation is not audited.
    const page = printTable({
      printedBy: "recorded-acts.test.ts, from the contract",
      title: "Mutations that record no audit entry",
      header: ["operation", "reason"],
      rows: reasons,
    });
    await expect(page).toMatchFileSnapshot("unaudited-mutations.md");
  });

  it("every action that may be on record is an operation's, or comes of what nobody calls", () => {
    const named = new Set(recording.map(({ operation }) => operation.records));
    const others = [...auditActions, ...accountActions].filter((action) => !named.has(action));
    expect(others).toEqual([
      "workspace.purged",
      "access.denied",
      "access.denials_omitted",
      "person.erased",
      "session.refused",
      "token.reused",
      "account.erased",
    ]);
  });
});
