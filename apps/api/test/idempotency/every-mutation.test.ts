// Every mutation of the contract that stores its answer, with a valid input from its fixture.
import { randomUUID } from "node:crypto";
import { policy } from "@projostack/authz";
import type { NamedOperation } from "@projostack/contract";
import { z } from "zod";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  again,
  arrive,
  plantWorkspace,
  startTestServer,
  type Answer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { inputOf, operationFixture, setScene, tokenFor, type Scene } from "../resources/index.ts";
import { isReplay, keyed, replayed, runAgain, stateOf } from "./keyed-call.ts";

let server: TestServer;
let admin: Person;
let workspaceId: string;
beforeAll(async () => {
  server = await startTestServer({ PROJO_MAIL_NOTICES: "none" });
});
afterAll(() => server.close());

interface Stage {
  readonly scene: Scene;
  readonly input: Record<string, unknown>;
  readonly send: (key: string, input?: Record<string, unknown>) => Promise<Answer>;
}

/** Plants a new workspace and a new user, because some calls end the workspace or the user's sessions. */
async function stageOf({ name, operation: { access } }: NamedOperation): Promise<Stage> {
  admin = await arrive(server, `ada-${randomUUID()}`);
  workspaceId = await plantWorkspace(server, admin);
  const scene = await setScene(server, admin, { workspaceId, email: admin.email });
  const input = inputOf(name, scene);
  await operationFixture(name).arrange?.({ server, workspaceId, admin, caller: admin, newId: randomUUID });
  const caller = await again(server, admin);
  const as = access === "public" ? {} : { token: tokenFor(name, caller, scene) };
  const place = access in policy ? { workspaceId } : {};
  const send = (key: string, sent = input) => keyed(server.url, name, key, { ...as, ...place, input: sent });
  return { scene, input, send };
}

const KEYS = "idempotency_keys";

describe.each(replayed)("$name with an idempotency key", (operation) => {
  it("N6 returns the first answer again, and runs once", async () => {
    const { send } = await stageOf(operation);
    const key = randomUUID();
    const first = await send(key);
    expect([first.status, isReplay(first)], first.text).toEqual([200, false]);
    const before = await stateOf(server.database);
    const second = await send(key);
    expect(second.text).toBe(first.text);
    expect([second.status, isReplay(second)]).toEqual([200, true]);
    expect(await stateOf(server.database)).toEqual(before);
  });

  const hasInput = z.toJSONSchema(operation.operation.input, { io: "input" }).required !== undefined;

  it.runIf(hasInput)("N6 refuses the key for another input, and changes nothing", async () => {
    const { send, input } = await stageOf(operation);
    const key = randomUUID();
    expect((await send(key)).status).toBe(200);
    const before = await stateOf(server.database);
    const other = await send(key, otherInput(input));
    expect([other.status, other.error?.reason]).toEqual([422, "idempotency.key_reused"]);
    expect(await stateOf(server.database)).toEqual(before);
  });

  it("N6 answers 10 concurrent calls equally, and runs once", async () => {
    const { send } = await stageOf(operation);
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(key)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size, answers[1]?.text).toBe(1);
    expect(answers[0]?.status).toBe(200);
    expect(answers.filter((answer) => !isReplay(answer))).toHaveLength(1);
  });
});

/** Another input of the same form: each text and each id differs. */
function otherInput(input: object): Record<string, unknown> {
  const changed = Object.entries(input).map(([name, value]) => [name, otherValue(name, value)]);
  return Object.fromEntries(changed) as Record<string, unknown>;
}

function otherValue(name: string, value: unknown): unknown {
  if (Array.isArray(value))
    return value.map((item: unknown) =>
      typeof item === "object" && item !== null ? otherInput(item) : item,
    );
  if (/id$/i.test(name)) return randomUUID();
  if (name === "email") return `other-${String(value)}`;
  if (typeof value === "string" && !["role", "status"].includes(name)) return `${value}x`;
  return value;
}

describe("a mutation that runs again", () => {
  it.each(runAgain)("$name gives the reason", ({ operation: { repetition } }) => {
    expect(repetition).toEqual({ again: expect.stringMatching(/^.{10,}[^.]$/) });
  });
});

describe("the stored keys", () => {
  it("N7 contain neither the key nor a secret of an answer", async () => {
    const create = replayed.find(({ name }) => name === "serviceKeys.create");
    if (!create) throw new Error("There is no serviceKeys.create.");
    const { send } = await stageOf(create);
    const key = randomUUID();
    const { data } = await send(key);
    const dump = Object.values(await stateOf(server.database)).join("\n");
    expect(dump).toContain(data.id);
    for (const secret of [key, data.token]) {
      expect(dump).not.toContain(secret);
      expect(dump).not.toContain(Buffer.from(String(secret)).toString("hex"));
    }
    expect((await stateOf(server.database))[KEYS]).not.toBe("");
  });
});
