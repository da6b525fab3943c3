// Calls whose answer is a secret, calls without a session, and calls that end the caller's own access.
import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openAnswer } from "../../src/rpc/idempotency/sealed-answer.ts";
import {
  arrive,
  call,
  join,
  password,
  plantWorkspace,
  startServerOver,
  startTestServer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { isReplay, keyed } from "./keyed-call.ts";

let server: TestServer;
let ada: Person;
let eve: Person;
let workspaceId: string;
beforeAll(async () => {
  server = await startTestServer();
  [ada, eve] = [await arrive(server, "ada"), await arrive(server, "eve")];
  workspaceId = await plantWorkspace(server, ada);
  await join(server, workspaceId, eve, "admin");
});
afterAll(() => server.close());

const manage = (name: string, key: string, input: object, as: Person = ada) =>
  keyed(server.url, name, key, { input, token: as.token, workspaceId });
const newKey = { name: "Loom", role: "viewer", scopes: ["task:read"] };
const works = async (token: string): Promise<boolean> =>
  (await call(server.url, "tasks.list", { token, workspaceId })).status === 200;

describe("an answer with a secret", () => {
  it("N6 N7 a secret is returned to its caller again: serviceKeys.create makes one key", async () => {
    const key = randomUUID();
    const first = await manage("serviceKeys.create", key, newKey);
    const second = await manage("serviceKeys.create", key, newKey);
    expect([second.text, isReplay(second)]).toEqual([first.text, true]);
    const rows = await server.database.owner("SELECT FROM service_keys WHERE workspace_id = $1", [
      workspaceId,
    ]);
    expect(rows).toHaveLength(1);
    expect(await works(String(first.data.token))).toBe(true);
  });

  it("N7 a secret is not shown to another admin with the same key, who gets a key of their own", async () => {
    const key = randomUUID();
    const first = await manage("serviceKeys.create", key, newKey);
    const other = await manage("serviceKeys.create", key, newKey, eve);
    expect([other.status, isReplay(other)]).toEqual([200, false]);
    expect(other.text).not.toContain(first.data.token);
  });

  it("N7 a token stays valid: a repeated serviceKeys.rotate makes one token and ends none", async () => {
    const created = await manage("serviceKeys.create", randomUUID(), newKey);
    const [key, input] = [randomUUID(), { id: created.data.id as string, overlapHours: 0 }];
    const first = await manage("serviceKeys.rotate", key, input);
    expect([first.status, await works(String(created.data.token))]).toEqual([200, false]);
    const others = await Promise.all(
      Array.from({ length: 5 }, () => manage("serviceKeys.rotate", key, input)),
    );
    for (const answer of others) expect([answer.text, isReplay(answer)]).toEqual([first.text, true]);
    expect(await works(String(first.data.token))).toBe(true);
  });

  it("N7 cannot be opened with the database and the server's keys", async () => {
    const key = randomUUID();
    const { data } = await manage("serviceKeys.create", key, newKey);
    const rows = await server.database.owner<{ id: string; answer: Buffer }>(
      "SELECT id, answer FROM idempotency_keys WHERE answer IS NOT NULL",
    );
    const opened = (secret: string) =>
      rows.map((row) => openAnswer({ keys: server.keys, secret, rowId: row.id }, row.answer) ?? "");
    expect(opened(key).filter((text) => text.includes(String(data.token)))).toHaveLength(1);
    expect(opened(randomUUID()).join("")).toBe("");
    // An answer that was moved to another row cannot be opened either.
    const moved = rows.map((row) =>
      openAnswer({ keys: server.keys, secret: key, rowId: randomUUID() }, row.answer),
    );
    expect(moved.every((text) => text === null)).toBe(true);
  });

  it("N7 a secret is written to no log line", async () => {
    const key = randomUUID();
    const { data } = await manage("serviceKeys.create", key, newKey);
    await manage("serviceKeys.create", key, { ...newKey, name: "Mill" });
    const log = server.logLines.join("");
    expect(log).not.toContain(key);
    expect(log).not.toContain(data.token);
  });
});

const signUp = (key: string, email: string, secret = password) =>
  keyed(server.url, "auth.signUp", key, { input: { email, password: secret } });

describe("a repeated auth.signUp", () => {
  it("N6 N7 signs in to the account that the first call created", async () => {
    const [key, email] = [randomUUID(), `${randomUUID()}@example.com`];
    const answers = await Promise.all([signUp(key, email), signUp(key, email), signUp(key, email)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(answers.map(({ data }) => String(data.user.id))).size).toBe(1);
    const me = await call(server.url, "auth.me", { token: answers[2]?.data.accessToken });
    expect(me.data.user.email).toBe(email);
    const accounts = await server.database.owner("SELECT FROM users WHERE email = $1", [email]);
    expect(accounts).toHaveLength(1);
  });

  it("N7 shows nothing to a caller with another key or another password", async () => {
    const [key, email] = [randomUUID(), `${randomUUID()}@example.com`];
    expect((await signUp(key, email)).status).toBe(200);
    expect((await signUp(randomUUID(), email)).error?.reason).toBe("auth.email_taken");
    expect((await signUp(key, email, `${password}!`)).error?.reason).toBe("idempotency.key_reused");
    expect((await signUp(key, `other-${email}`)).error?.reason).toBe("idempotency.key_reused");
    await server.database.owner("UPDATE users SET password_hash = $1 WHERE email = $2", [
      "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      email,
    ]);
    expect((await signUp(key, email)).error?.reason).toBe("auth.email_taken");
  });
});

describe("a call that ends the caller's access", () => {
  it("N6 a call that ends its access is answered again: workspaces.delete, workspaces.leave and sessions.revoke", async () => {
    const mary = await arrive(server, `mary-${randomUUID()}`);
    const own = await plantWorkspace(server, mary);
    await join(server, workspaceId, mary, "viewer");
    const send = (name: string, key: string, input: object, place?: string) =>
      keyed(server.url, name, key, { input, token: mary.token, workspaceId: place });
    for (const [name, input, place] of [
      ["workspaces.delete", { name: "Engines" }, own],
      ["workspaces.leave", { workspaceId }, undefined],
    ] as const) {
      const key = randomUUID();
      const first = await send(name, key, input, place);
      expect(first.status, first.text).toBe(200);
      const second = await send(name, key, input, place);
      expect([second.text, isReplay(second)]).toEqual([first.text, true]);
    }
  });
});

describe("a replaced server key", () => {
  it("N6 still opens the answers that it encrypted", async () => {
    const [old, fresh] = [randomBytes(32), randomBytes(32)].map((bytes) => bytes.toString("base64url"));
    const before = await startTestServer({ PROJO_TOKEN_KEYS: `1:${old}` });
    const person = await arrive(before, "ada");
    const key = randomUUID();
    const input = { name: "Engines" };
    const first = await keyed(before.url, "workspaces.create", key, { input, token: person.token });
    const after = await startServerOver(before.database, { PROJO_TOKEN_KEYS: `2:${fresh},1:${old}` });
    const second = await keyed(after.url, "workspaces.create", key, { input, token: person.token });
    expect([second.text, isReplay(second)]).toEqual([first.text, true]);
    await after.close();
    await before.close();
  });
});
