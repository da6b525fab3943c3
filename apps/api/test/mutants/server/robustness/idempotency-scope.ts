// Mutants of the checks that bind an idempotency key to one call: its workspace, its operation, its position in a batch, and the
// row of its answer.
import { createHash, randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "../../../../src/rpc/idempotency/idempotency-key.ts";
import { whileProjectIsLocked } from "../../../overload/callers.ts";
import { call, foundWorkspace, join, password, send, type TestServer } from "../../../kit/index.ts";
import { duringTransaction, newUser, succeeded, team, type Team } from "../../attackers.ts";
import { linkFor } from "../access/accounts.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

const keyed = (
  { url }: TestServer,
  name: string,
  sent: {
    readonly key: string;
    readonly token?: string;
    readonly workspaceId?: string;
    readonly input: object;
  },
) => call(url, name, { ...sent, headers: { "idempotency-key": sent.key } });

const keptWorkspace: Attack = {
  title: "the deletion of a workspace returns the answer of another workspace's deletion and deletes nothing",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    const other = await foundWorkspace(admin);
    const sent = { key: randomUUID(), token: admin.token, input: { name: "Engines" } };
    const answers = [
      await keyed(server, "workspaces.delete", { ...sent, workspaceId: id }),
      await keyed(server, "workspaces.delete", { ...sent, workspaceId: other }),
    ];
    const rows = await server.database.owner("SELECT FROM workspaces WHERE id = $1 AND deleted_at IS NULL", [
      other,
    ]);
    return answers.every(succeeded) && rows.length === 1;
  },
};

const foreignDeletion: Attack = {
  title: "a user who is not a member gets the answer of a deletion by its idempotency key",
  tryOn: async (server) => {
    const { admin, id: workspaceId } = await team(server);
    const sent = { key: randomUUID(), workspaceId, input: { name: "Engines" } };
    await keyed(server, "workspaces.delete", { ...sent, token: admin.token });
    const stranger = await newUser(server);
    return succeeded(await keyed(server, "workspaces.delete", { ...sent, token: stranger.token }));
  },
};

const lostReset: Attack = {
  title: "a reset of a password that lost against a concurrent one returns success",
  tryOn: async (server) => {
    const person = await newUser(server);
    const token = await linkFor(server, person);
    // Both resets find the token, then wait for the account.
    const held = `SELECT FROM users WHERE id = '${person.id}' FOR UPDATE`;
    const answers = await duringTransaction(server, { statements: held, waiting: 2 }, () =>
      Promise.all(
        ["first", "second"].map((word) =>
          keyed(server, "password.reset", {
            key: randomUUID(),
            input: { token, newPassword: `${word} ${password}` },
          }),
        ),
      ),
    );
    return answers.every(succeeded);
  },
};

const otherOperation: Attack = {
  title: "a call with an idempotency key of another operation returns the answer of that operation",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    const sent = { key: randomUUID(), token: admin.token, workspaceId: id, input: { name: "Looms" } };
    await keyed(server, "projects.create", sent);
    return succeeded(await keyed(server, "projects.findOrCreate", sent));
  },
};

const mergedCalls: Attack = {
  title: "two calls of a batch with an idempotency key create one project",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    const { status } = await send(`${server.url}/trpc/projects.create,projects.create?batch=1`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${admin.token}`,
        "x-workspace-id": id,
        "idempotency-key": randomUUID(),
      },
      body: JSON.stringify({ 0: { name: "Looms" }, 1: { name: "Looms" } }),
    });
    const rows = await server.database.owner("SELECT FROM projects WHERE workspace_id = $1", [id]);
    return status === 200 && rows.length === 1;
  },
};

const guessedPassword: Attack = {
  title: "a copy of the database shows whether a guessed password is right",
  tryOn: async (server) => {
    const input = { email: `${randomUUID()}@example.com`, password };
    await keyed(server, "auth.signUp", { key: randomUUID(), input });
    const rows = await server.database.owner<{ fingerprint: Buffer }>(
      "SELECT fingerprint FROM account_idempotency_keys",
    );
    const guess = createHash("sha256").update(messageOf("auth.signUp", input)).digest();
    return rows.some(({ fingerprint }) => guess.subarray(0, fingerprint.length).equals(fingerprint));
  },
};

const movedAnswer: Attack = {
  title: "an answer that was copied to the row of another admin reveals the token of a service key",
  tryOn: async (server) => {
    const own = await team(server);
    const eve = await newUser(server);
    await join(server, own.id, eve, "admin");
    const input = { name: "Loom", role: "viewer", scopes: ["task:read"] };
    const sent = { key: randomUUID(), workspaceId: own.id, input };
    const first = await keyed(server, "serviceKeys.create", { ...sent, token: own.admin.token });
    await keyed(server, "serviceKeys.create", { ...sent, token: eve.token });
    await server.database.owner(
      `UPDATE idempotency_keys SET answer = (SELECT answer FROM idempotency_keys WHERE workspace_id = $1
         ORDER BY created_at LIMIT 1) WHERE workspace_id = $1`,
      [own.id],
    );
    const repeated = await keyed(server, "serviceKeys.create", { ...sent, token: eve.token });
    return repeated.text.includes(String(first.data.token));
  },
};

/** The number of connections of the server that wait for a lock. */
async function waitingConnections({ database }: TestServer): Promise<number> {
  const [row] = await database.owner<{ many: number }>(
    `SELECT count(*)::integer AS many FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return row?.many ?? 0;
}

const waitingCalls: Attack = {
  title: "calls that wait for an earlier call with their idempotency key hold connections of the database",
  tryOn: async (server) => {
    const own: Team = await team(server);
    const { data } = await own.admin.call("projects.create", { name: "Looms" }, own.id);
    const projectId = String(data.id);
    const input = { projectId, title: "Weave" };
    const sent = { key: randomUUID(), token: own.admin.token, workspaceId: own.id, input };
    return whileProjectIsLocked(server, { ...own, projectId }, async () => {
      const calls = Array.from({ length: 5 }, () => keyed(server, "tasks.create", sent));
      let most = 0;
      for (let looks = 0; looks < 10; looks += 1) {
        await delay(100);
        most = Math.max(most, await waitingConnections(server));
      }
      await Promise.all(calls);
      return most > 1;
    });
  },
};

const keyFile = "apps/api/src/rpc/idempotency/idempotency-key.ts";
const runOnceFile = "apps/api/src/rpc/idempotency/run-once.ts";
const onceFile = "apps/api/src/rpc/idempotency/once.ts";

export const idempotencyScope: readonly Mutant[] = [
  {
    removed: [
      guard("an idempotency key belongs to its workspace", keyFile, [
        '["idempotency key", workspaceId, actor,',
        '["idempotency key", actor,',
      ]),
    ],
    succeeds: [keptWorkspace],
  },
  {
    removed: [
      guard("the idempotency key of a deletion belongs to its actor", runOnceFile, [
        "actor: keyOwnerOf(caller), isOutside: true",
        'actor: "anonymous", isOutside: true',
      ]),
    ],
    succeeds: [foreignDeletion],
  },
  {
    removed: [
      guard("an answer is stored only with the event of its change", "packages/db/src/scope/claim.ts", [
        "WHERE EXISTS (SELECT FROM account_events WHERE id = $4)",
        "WHERE $4::uuid IS NOT NULL",
      ]),
    ],
    succeeds: [lostReset],
  },
  {
    removed: [
      guard("an idempotency key belongs to its operation", keyFile, [
        "JSON.stringify([operation, input],",
        "JSON.stringify([input],",
      ]),
    ],
    succeeds: [otherOperation],
  },
  {
    removed: [
      guard("each call of a batch has an idempotency key of its own", keyFile, [
        "key.text, key.position]",
        "key.text]",
      ]),
    ],
    succeeds: [mergedCalls],
  },
  {
    removed: [
      guard("the fingerprint of an input needs a key of the server", keyFile, [
        "fingerprint: keys.sign(FINGERPRINT, message)",
        'fingerprint: createHash("sha256").update(message).digest().subarray(0, 16)',
      ]),
    ],
    succeeds: [guessedPassword],
  },
  {
    removed: [guard("a stored answer is bound to its row", onceFile, ["rowId: this.claim.id", 'rowId: ""'])],
    succeeds: [movedAnswer],
  },
  {
    removed: [
      guard("calls with one idempotency key wait in memory", "apps/api/src/rpc/idempotency/turns.ts", [
        "const before = this.#last.get(id);",
        "const before = undefined as Promise<void> | undefined;",
      ]),
    ],
    succeeds: [waitingCalls],
  },
];
