// Calls every operation of the contract. Each one records exactly the audit action that the contract declares.
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

/** Returns the id and the action of every audit entry and account event. */
async function recordedActions(): Promise<Map<string, string>> {
  const rows = await server.database.owner<{ id: string; action: string }>(
    "SELECT id, action FROM audit_logs UNION ALL SELECT id, action FROM account_events",
  );
  return new Map(rows.map(({ id, action }) => [id, action]));
}

/** Calls an operation with a valid input. Returns the actions that it recorded. */
async function recordedBy(name: string): Promise<{ status: number; actions: string[] }> {
  const scene = await setScene(server, admin, { workspaceId, email: account.email });
  const { token } = await again(server, admin);
  const { newId } = systemRandomness;
  await operationFixture(name).arrange?.({ server, workspaceId, admin, caller: admin, newId });
  const before = await recordedActions();
  const { status } = await call(server.url, name, {
    token: tokenFor(name, { token }, scene),
    workspaceId,
    input: inputOf(name, scene),
  });
  const after = await recordedActions();
  return { status, actions: [...after].filter(([id]) => !before.has(id)).map(([, action]) => action) };
}

const recording = operations.filter(({ operation }) => typeof operation.records === "string");
const silent = operations.filter(({ operation }) => typeof operation.records !== "string");

describe("recorded actions", () => {
  it.each(recording.map(({ name, operation }) => [name, operation.records] as const))(
    "U1 %s records %s once",
    async (name, action) => {
      expect(await recordedBy(name)).toEqual({
        status: 200,
        actions: [action, ...(operationFixture(name).alsoRecords ?? [])],
      });
    },
  );

  it.each(silent.map(({ name }) => name))("%s records nothing, as the contract declares", async (name) => {
    expect(await recordedBy(name)).toEqual({ status: 200, actions: [] });
  });

  it("every mutation records an action, or the contract gives the reason", async () => {
    const reasons = silent.flatMap(({ name, operation: { kind, records } }) =>
      kind === "mutation" && typeof records === "object" ? [[name, records.nothing] as const] : [],
    );
    expect(reasons.filter(([, reason]) => reason.length <= 20)).toEqual([]);
    // A review sees a new unaudited mutation as a change of this page. Update it with: pnpm generate:printed
    const page = printTable({
      printedBy: "recorded-acts.test.ts, from the contract",
      title: "Mutations that record no audit entry",
      header: ["operation", "reason"],
      rows: reasons,
    });
    await expect(page).toMatchFileSnapshot("unaudited-mutations.md");
  });

  it("every action belongs to an operation, or to the server or the operator", () => {
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
