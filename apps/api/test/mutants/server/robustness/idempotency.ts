// Mutants of the checks of idempotency keys: one call runs, and only its caller gets the answer again.
import { randomUUID } from "node:crypto";
import { openAnswer } from "../../../../src/rpc/idempotency/sealed-answer.ts";
import { call, join, type Answer, type Person, type TestServer } from "../../../kit/index.ts";
import { newUser, succeeded, team, type Team } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

interface Sent {
  readonly key: string;
  readonly as: Person;
  readonly input: object;
}

const send = (server: TestServer, { id }: Team, name: string, { key, as, input }: Sent): Promise<Answer> =>
  call(server.url, name, {
    input,
    token: as.token,
    workspaceId: id,
    headers: { "idempotency-key": key },
  });

const newKey = { name: "Loom", role: "viewer", scopes: ["task:read"] };

const foreignSecret: Attack = {
  title: "another admin gets the token of a service key by its creator's idempotency key",
  tryOn: async (server) => {
    const own = await team(server);
    const eve = await newUser(server);
    await join(server, own.id, eve, "admin");
    const key = randomUUID();
    const first = await send(server, own, "serviceKeys.create", { key, as: own.admin, input: newKey });
    const second = await send(server, own, "serviceKeys.create", { key, as: eve, input: newKey });
    return succeeded(first) && second.text.includes(String(first.data.token));
  },
};

const otherInput: Attack = {
  title: "a call with a used idempotency key and another input returns the answer of the first call",
  tryOn: async (server) => {
    const own = await team(server);
    const sent = { key: randomUUID(), as: own.admin };
    await send(server, own, "projects.create", { ...sent, input: { name: "Looms" } });
    return succeeded(await send(server, own, "projects.create", { ...sent, input: { name: "Mills" } }));
  },
};

const twoProjects: Attack = {
  title: "two calls with one idempotency key create two projects",
  tryOn: async (server) => {
    const own = await team(server);
    const sent = { key: randomUUID(), as: own.admin, input: { name: "Looms" } };
    const first = await send(server, own, "projects.create", sent);
    const second = await send(server, own, "projects.create", sent);
    return succeeded(first) && succeeded(second) && first.data.id !== second.data.id;
  },
};

/** Creates a project. @returns the input of a new task in it */
async function newTask({ admin, id }: Team): Promise<{ projectId: string; title: string }> {
  const { data } = await admin.call("projects.create", { name: "Looms" }, id);
  return { projectId: String(data.id), title: "Weave" };
}

const twoTasks: Attack = {
  title: "two calls with one idempotency key create two tasks",
  tryOn: async (server) => {
    const own = await team(server);
    const sent = { key: randomUUID(), as: own.admin, input: await newTask(own) };
    const first = await send(server, own, "tasks.create", sent);
    const second = await send(server, own, "tasks.create", sent);
    return succeeded(first) && succeeded(second) && first.data.id !== second.data.id;
  },
};

const lostAnswer: Attack = {
  title: "a repeated call gets no answer",
  tryOn: async (server) => {
    const own = await team(server);
    const sent = { key: randomUUID(), as: own.admin, input: { name: "Looms" } };
    const first = await send(server, own, "projects.create", sent);
    return succeeded(first) && !succeeded(await send(server, own, "projects.create", sent));
  },
};

const openedAnswer: Attack = {
  title: "a copy of the database and the server's keys reveal the token of a service key",
  tryOn: async (server) => {
    const own = await team(server);
    const sent = { key: randomUUID(), as: own.admin, input: newKey };
    const { data } = await send(server, own, "serviceKeys.create", sent);
    const rows = await server.database.owner<{ id: string; answer: Buffer }>(
      "SELECT id, answer FROM idempotency_keys WHERE workspace_id = $1 AND answer IS NOT NULL",
      [own.id],
    );
    const texts = rows.map(({ id, answer }) =>
      openAnswer({ keys: server.keys, secret: "", rowId: id }, answer),
    );
    return texts.some((text) => text?.includes(String(data.token)) ?? false);
  },
};

const oldAnswer: Attack = {
  title: "a call with an idempotency key of yesterday returns the answer of that day",
  tryOn: async (server) => {
    const own = await team(server);
    const sent = { key: randomUUID(), as: own.admin, input: { name: "Looms" } };
    const first = await send(server, own, "projects.create", sent);
    await server.database.owner(
      "UPDATE idempotency_keys SET created_at = created_at - interval '25 hours' WHERE workspace_id = $1",
      [own.id],
    );
    return (await send(server, own, "projects.create", sent)).text === first.text;
  },
};

const malformedKey: Attack = {
  title: "a call with a malformed idempotency key runs",
  tryOn: async (server) => {
    const own = await team(server);
    const sent = { key: "not a key", as: own.admin, input: { name: "Looms" } };
    return succeeded(await send(server, own, "projects.create", sent));
  },
};

const keyFile = "apps/api/src/rpc/idempotency/idempotency-key.ts";
const claimFile = "packages/db/src/scope/enter-sql.ts";

export const idempotency: readonly Mutant[] = [
  {
    removed: [
      guard("an idempotency key belongs to its actor", keyFile, [
        '["idempotency key", workspaceId, actor, key.text, key.position]',
        '["idempotency key", workspaceId, key.text, key.position]',
      ]),
    ],
    succeeds: [foreignSecret],
  },
  {
    removed: [
      guard("a used idempotency key accepts only the same input", "apps/api/src/rpc/idempotency/once.ts", [
        "if (!isFingerprintOf(this.#ctx.services.keys, this.#message, fingerprint))",
        "if (fingerprint.length === 0)",
      ]),
    ],
    succeeds: [otherInput],
  },
  {
    removed: [
      guard("a transaction claims the idempotency key of its call", claimFile, [
        "claim ? [statement(claimText[of], [requireUuid(claim.id), claim.fingerprint])] : []",
        "[]",
      ]),
    ],
    succeeds: [twoProjects],
    stillBlocked: [twoTasks],
  },
  {
    removed: [
      guard(
        "a single statement claims the idempotency key of its call",
        "packages/db/src/scope/transaction.ts",
        ["claim ? keepingRow(prepared, claim) : prepared", "prepared"],
      ),
    ],
    succeeds: [twoTasks],
    stillBlocked: [twoProjects],
  },
  {
    removed: [
      guard("a transaction stores the answer of its call", "packages/db/src/scope/in-transaction.ts", [
        "if (keyed) transaction.storeAnswer(keyed.claim, keyed.seal(result));",
        "",
      ]),
    ],
    succeeds: [lostAnswer],
    stillBlocked: [twoProjects],
  },
  {
    removed: [
      guard(
        "the idempotency key is a part of the key that encrypts the answer",
        "apps/api/src/rpc/idempotency/sealed-answer.ts",
        ['hkdfSync("sha256", seed, secret,', 'hkdfSync("sha256", seed, "",'],
      ),
    ],
    succeeds: [openedAnswer],
  },
  {
    removed: [
      guard("an idempotency key expires after 24 hours", "packages/db/src/people/key-store.ts", [
        "\"created_at < now() - INTERVAL '24 hours'\"",
        '"false"',
      ]),
    ],
    succeeds: [oldAnswer],
  },
  {
    removed: [
      guard("the form of an idempotency key is checked", keyFile, [
        'if (!VISIBLE_ASCII.test(text)) throw new Failure("idempotency.key_invalid");',
        "",
      ]),
    ],
    succeeds: [malformedKey],
  },
];
