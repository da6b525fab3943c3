// The rules of idempotency keys: who shares one, what a second call sees, and when a key can be used again.
import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  again,
  arrive,
  call,
  join,
  password,
  plantWorkspace,
  send,
  startServerOver,
  startTestServer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { plantProject, slowProjects } from "./plant.ts";
import { isReplay, keyed, stateOf } from "./keyed-call.ts";

let server: TestServer;
/** Another server over the same database. */
let other: TestServer;
let ada: Person;
let bob: Person;
let workspaceId: string;
let projectId: string;
beforeAll(async () => {
  const env = { PROJO_TOKEN_KEYS: `1:${randomBytes(32).toString("base64url")}` };
  server = await startTestServer(env);
  other = await startServerOver(server.database, env);
  [ada, bob] = [await arrive(server, "ada"), await arrive(server, "bob")];
  workspaceId = await plantWorkspace(server, ada);
  await join(server, workspaceId, bob, "member");
  projectId = await plantProject(server, workspaceId, ada);
});
afterAll(async () => {
  await other.close();
  await server.close();
});

const createTask = (
  key: string,
  title = "Weave",
  as: Person = ada,
  place = workspaceId,
  project = projectId,
) =>
  keyed(server.url, "tasks.create", key, {
    input: { projectId: project, title },
    token: as.token,
    workspaceId: place,
  });

const createProject = (key: string, name: string, as: Person = ada, url = server.url) =>
  keyed(url, "projects.create", key, { input: { name }, token: as.token, workspaceId });

const tasksTitled = async (title: string): Promise<number> => {
  const sql = "SELECT count(*)::integer AS many FROM tasks WHERE title = $1";
  return (await server.database.owner<{ many: number }>(sql, [title]))[0]?.many ?? 0;
};

describe("one idempotency key", () => {
  it("N6 creates one row for 20 concurrent calls, which get equal answers", async () => {
    const [key, title] = [randomUUID(), `Crowd ${randomUUID()}`];
    const answers = await Promise.all(Array.from({ length: 20 }, () => createTask(key, title)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.data.title).toBe(title);
    expect(await tasksTitled(title)).toBe(1);
  });

  it("N6 a key is independent for another user, another service key and another workspace", async () => {
    const key = randomUUID();
    const elsewhere = await plantWorkspace(server, ada);
    const project = await plantProject(server, elsewhere, ada);
    const scopes = ["task:write", "task:read"];
    const keys = await Promise.all(
      ["Loom", "Mill"].map((name) =>
        ada.call("serviceKeys.create", { name, role: "member", scopes }, workspaceId),
      ),
    );
    const owners = [ada, bob, ...keys.map(({ data: { token } }) => ({ ...ada, token: String(token) }))];
    const answers = [
      ...(await Promise.all(owners.map((owner) => createTask(key, "Shared", owner)))),
      await createTask(key, "Shared", ada, elsewhere, project),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(answers.filter(isReplay)).toEqual([]);
    expect(new Set(answers.map(({ data }) => String(data.id))).size).toBe(5);
  });

  it("N6 a key is the same for another session of the user", async () => {
    const key = randomUUID();
    const first = await createTask(key);
    const second = await createTask(key, "Weave", await again(server, ada));
    expect([second.text, isReplay(second)]).toEqual([first.text, true]);
  });

  it("N6 a key is refused for another operation with an equal input", async () => {
    const key = randomUUID();
    expect((await createProject(key, "Looms")).status).toBe(200);
    const input = { name: "Looms" };
    const refused = await keyed(server.url, "projects.findOrCreate", key, {
      input,
      token: ada.token,
      workspaceId,
    });
    expect([refused.status, refused.error?.reason]).toEqual([422, "idempotency.key_reused"]);
  });

  it("N6 accepts the fields of the input in another order", async () => {
    const key = randomUUID();
    const first = await createTask(key, "Order");
    const input = { title: "Order", projectId };
    const second = await keyed(server.url, "tasks.create", key, { input, token: ada.token, workspaceId });
    expect([second.text, isReplay(second)]).toEqual([first.text, true]);
  });

  it("N6 can be used again after a call that failed", async () => {
    const key = randomUUID();
    const absent = await createTask(key, "Absent", ada, workspaceId, randomUUID());
    expect([absent.status, absent.error?.reason]).toEqual([404, "project.not_found"]);
    const missing = await keyed(server.url, "tasks.update", key, {
      input: { id: randomUUID(), title: "Mend" },
      token: ada.token,
      workspaceId,
    });
    expect([missing.status, missing.error?.reason]).toEqual([404, "task.not_found"]);
    const invalid = await createTask(key, "");
    expect(invalid.status).toBe(400);
    const denied = await keyed(server.url, "workspaces.rename", key, {
      input: { name: "Mine" },
      token: bob.token,
      workspaceId,
    });
    expect(denied.status).toBe(403);
    const last = await createTask(key, "At last");
    expect([last.status, isReplay(last)]).toEqual([200, false]);
  });

  it("N6 a call that changed nothing is answered again", async () => {
    const key = randomUUID();
    const resend = () => keyed(server.url, "email.resendVerification", key, { token: ada.token });
    const first = await resend();
    expect([first.status, isReplay(first)]).toEqual([200, false]);
    // The call would now send a mail.
    await server.database.owner("UPDATE users SET email_verified_at = NULL WHERE id = $1", [ada.id]);
    const second = await resend();
    await server.database.owner("UPDATE users SET email_verified_at = now() WHERE id = $1", [ada.id]);
    expect([second.text, isReplay(second)]).toEqual([first.text, true]);
  });

  it("N6 runs the call again after 24 hours", async () => {
    const [key, title] = [randomUUID(), `Old ${randomUUID()}`];
    const [name, inWorkspace] = [randomUUID(), { token: ada.token, workspaceId }];
    const found = { input: { name }, ...inWorkspace };
    const first = await createTask(key, title);
    const founded = await keyed(server.url, "workspaces.create", key, found);
    for (const table of ["idempotency_keys", "account_idempotency_keys"])
      await server.database.owner(`UPDATE ${table} SET created_at = created_at - interval '24 hours'`);
    const second = await createTask(key, title);
    expect([second.status, isReplay(second)]).toEqual([200, false]);
    expect(second.data.id).not.toBe(first.data.id);
    expect(await tasksTitled(title)).toBe(2);
    const another = await keyed(server.url, "workspaces.create", key, found);
    expect([another.status, isReplay(another)]).toEqual([200, false]);
    expect(another.data.id).not.toBe(founded.data.id);
    expect(isReplay(await createTask(key, title))).toBe(true);
  });

  it("N6 answers 409 with Retry-After while the first call runs, here or in another server", async () => {
    const [key, name] = [randomUUID(), "Slow"];
    await slowProjects(server, name);
    const first = createProject(key, name);
    await delay(300);
    const others = await Promise.all([createProject(key, name), createProject(key, name, ada, other.url)]);
    for (const early of others) {
      expect([early.status, early.error?.reason], early.text).toEqual([409, "idempotency.in_progress"]);
      expect(early.headers.get("retry-after")).toBe("1");
    }
    expect((await first).status).toBe(200);
    const later = await createProject(key, name, ada, other.url);
    expect([later.text, isReplay(later)]).toEqual([(await first).text, true]);
  });

  it("N6 creates one row for concurrent calls to two servers", async () => {
    const [key, name] = [randomUUID(), `Pair ${randomUUID()}`];
    const urls = Array.from({ length: 10 }, (_, nth) => (nth % 2 === 0 ? server.url : other.url));
    const answers = await Promise.all(urls.map((url) => createProject(key, name, ada, url)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size, answers[1]?.text).toBe(1);
    const rows = await server.database.owner("SELECT FROM projects WHERE name = $1", [name]);
    expect(rows).toHaveLength(1);
  });

  it("N6 gives no earlier answer to a removed member or after the loss of the role", async () => {
    const eve = await arrive(server, `eve-${randomUUID()}`);
    await join(server, workspaceId, eve, "member");
    const key = randomUUID();
    expect((await createTask(key, "Mine", eve)).status).toBe(200);
    const setRole = "UPDATE workspace_members SET role = $1 WHERE user_id = $2 AND workspace_id = $3";
    await server.database.owner(setRole, ["viewer", eve.id, workspaceId]);
    expect((await createTask(key, "Mine", eve)).error?.reason).toBe("permission.denied");
    await server.database.owner("DELETE FROM workspace_members WHERE user_id = $1", [eve.id]);
    expect((await createTask(key, "Mine", eve)).error?.reason).toBe("workspace.not_found");
    expect((await createTask(key, "Mine", { ...eve, token: "none" })).status).toBe(401);
  });
});

describe("the header idempotency-key", () => {
  it.each([
    ["a space", "a b"],
    ["a control character", "a\tb"],
    ["more than 255 characters", "k".repeat(256)],
    ["no character", ""],
  ])("N6 with %s is refused before the call runs", async (_, key) => {
    const before = await stateOf(server.database);
    const answer = await createTask(key, "Never");
    expect([answer.status, answer.error?.reason]).toEqual([400, "idempotency.key_invalid"]);
    const unsigned = await keyed(server.url, "auth.signIn", key, { input: { email: ada.email, password } });
    expect(unsigned.error?.reason).toBe("idempotency.key_invalid");
    expect(await stateOf(server.database)).toEqual(before);
  });

  it("N6 a key is ignored by a query", async () => {
    const headers = { "idempotency-key": "not a key" };
    const answer = await call(server.url, "tasks.list", { token: ada.token, workspaceId, headers });
    expect([answer.status, isReplay(answer)]).toEqual([200, false]);
  });

  it("N6 applies to each call of a batch by its position", async () => {
    const key = randomUUID();
    const batch = (titles: readonly string[]) =>
      send(`${server.url}/trpc/${titles.map(() => "tasks.create").join(",")}?batch=1`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: `Bearer ${ada.token}`,
          "x-workspace-id": workspaceId,
          "idempotency-key": key,
        },
        body: JSON.stringify(Object.fromEntries(titles.map((title, at) => [at, { title, projectId }]))),
      });
    const title = `Batch ${randomUUID()}`;
    const first = await batch([title, title]);
    expect([first.status, isReplay(first)]).toEqual([200, false]);
    expect(await tasksTitled(title)).toBe(2);
    const second = await batch([title, title]);
    expect([second.text, isReplay(second)]).toEqual([first.text, true]);
    // The header would be wrong for the third call.
    const longer = await batch([title, title, title]);
    expect([longer.status, isReplay(longer)]).toEqual([200, false]);
    expect(await tasksTitled(title)).toBe(3);
    const single = await createTask(key, title);
    expect(isReplay(single)).toBe(true);
  });
});

describe("the clean-up", () => {
  it("N6 deletes expired keys and keeps the others", async () => {
    const [old, fresh] = [randomUUID(), randomUUID()];
    await createTask(old, "Old");
    await keyed(server.url, "workspaces.create", old, { input: { name: "Old" }, token: ada.token });
    const tables = ["idempotency_keys", "account_idempotency_keys"];
    for (const table of tables)
      await server.database.owner(`UPDATE ${table} SET created_at = created_at - interval '25 hours'`);
    await createTask(fresh, "Fresh");
    const { deleteExpired } = server.database.db.keys;
    await deleteExpired();
    const counts = await Promise.all(
      tables.map((table) =>
        server.database.owner<{ many: number }>(`SELECT count(*)::integer AS many FROM ${table}`),
      ),
    );
    expect(counts.map(([row]) => row?.many)).toEqual([1, 0]);
    expect(isReplay(await createTask(fresh, "Fresh"))).toBe(true);
  });
});
