// The example of each operation is true: the server answers the call of the example as the example says.
import { randomUUID } from "node:crypto";
import { operations, sample, type NamedOperation } from "@projostack/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { arrive, call, plantWorkspace, startTestServer, type Person, type TestServer } from "../kit/index.ts";
import { inputOf, setScene, tokenFor, type Scene } from "../resources/index.ts";
import { bindInput, differenceOf, fill, isId, type Bindings } from "./example.ts";

/** The name of the workspace in the examples. */
const NAME = "Difference Engines";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ PROJO_APP_URL: "https://app.example.com" });
});
afterAll(() => server.close());

interface Place {
  readonly ada: Person;
  readonly workspaceId: string;
  readonly scene: Scene;
}

/** A workspace of its own for each example, with everything that an input can name. */
async function prepare(): Promise<Place> {
  const ada = await arrive(server, randomUUID());
  const workspaceId = await plantWorkspace(server, ada);
  await server.database.owner("UPDATE workspaces SET name = $2 WHERE id = $1", [workspaceId, NAME]);
  const scene = await setScene(server, ada, { workspaceId, email: ada.email });
  return { ada, workspaceId, scene };
}

/** The real values of the samples: those of the operation's own fixture, then the ids that other fixtures name. */
function bindingsOf({ name, operation }: NamedOperation, { ada, workspaceId, scene }: Place): Bindings {
  const ids: Bindings = new Map();
  for (const other of operations) bindInput(other.operation.example.input, inputOf(other.name, scene), ids);
  const known = [...ids].filter(([id]) => isId(id));
  const bindings: Bindings = new Map([...known, [sample.userId, ada.id], [sample.workspaceId, workspaceId]]);
  bindInput(operation.example.input, inputOf(name, scene), bindings);
  return bindings;
}

describe("the example", () => {
  it.each(operations)("of $name is what the server answers", async (one) => {
    const { name, operation } = one;
    const place = await prepare();
    const { ada, workspaceId, scene } = place;
    // The examples of the audit log show a deleted task.
    if (operation.access === "audit:read") await ada.call("tasks.delete", { id: scene.taskId }, workspaceId);
    const bindings = bindingsOf(one, place);
    const input = fill(operation.example.input, bindings);
    const answer = await call(server.url, name, { input, token: tokenFor(name, ada, scene), workspaceId });
    expect(answer.error).toBeUndefined();
    expect(differenceOf(operation.example.output, answer.data, bindings)).toBeNull();
  });
});

const differs = (example: unknown, answer: unknown) => differenceOf(example, answer, new Map()) !== null;

describe("the comparison of an example with an answer", () => {
  const task = { id: sample.taskId, title: "Write", done: false, createdAt: sample.createdAt };
  const real = {
    id: "0190a6f0-0000-7000-8000-000000000001",
    title: "Write",
    done: false,
    createdAt: "2026-05-05T05:05:05.005Z",
  };
  it("accepts another id and another time", () => {
    expect(differs(task, real)).toBe(false);
    expect(differs({ items: [task] }, { items: [{ ...real, title: "Another" }, real] })).toBe(false);
  });

  it.each([
    ["another text", task, { ...real, title: "Read" }],
    ["another truth value", task, { ...real, done: true }],
    ["a missing field", task, { id: real.id, title: "Write", done: false }],
    ["an unknown field", task, { ...real, status: "todo" }],
    ["null", task, { ...real, createdAt: null }],
    ["a text that is no id", task, { ...real, id: "7" }],
    ["one id for two things", { a: sample.taskId, b: sample.taskId }, { a: real.id, b: sample.projectId }],
    ["a list without the item", { items: [task] }, { items: [{ ...real, done: true }] }],
    ["a token of another kind", { token: "pja_..." }, { token: "pjr_abcdefgh" }],
  ])("refuses %s", (_, example, answer) => {
    expect(differs(example, answer)).toBe(true);
  });
});
