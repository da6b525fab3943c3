// I14: a token that this server did not issue causes no statement. A proxy between server and database keeps what the server sends:
// each statement about a session contains its id, and each prefetched query contains its search term.
import { randomBytes } from "node:crypto";
import { operations } from "@projostack/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseKeyRing } from "../../src/identity/key-ring.ts";
import {
  formatAccessToken,
  formatOneTimeToken,
  formatRefreshToken,
} from "../../src/identity/tokens/tokens.ts";
import {
  call,
  foundWorkspace,
  layWatchedWire,
  startServerOver,
  startTestServer,
  type Answer,
  type TestServer,
  type WatchedWire,
} from "../kit/index.ts";
import { newHolder, type Holder } from "../sessions/holder.ts";

const PROJO_TOKEN_KEYS = `7:${randomBytes(32).toString("base64url")}`;
const keys = parseKeyRing(PROJO_TOKEN_KEYS);
const WORD = "zeppelin";

let base: TestServer;
let server: TestServer;
let wire: WatchedWire;
let holder: Holder;
let workspaceId: string;
let taskId: string;
beforeAll(async () => {
  base = await startTestServer({ PROJO_TOKEN_KEYS });
  wire = await layWatchedWire(base.database.url);
  server = await startServerOver(base.database, { PROJO_TOKEN_KEYS, DATABASE_URL: wire.url });
  holder = await newHolder(base, keys);
  const { person } = await newHolder(base, keys);
  const founder = { ...person, call: callAs(await holder.access(1)) };
  workspaceId = await foundWorkspace(founder);
  const { data: project } = await founder.call("projects.create", { name: "Airships" }, workspaceId);
  const task = { projectId: project.id, title: `A ${WORD} over the lake` };
  taskId = String((await founder.call("tasks.create", task, workspaceId)).data.id);
});
afterAll(async () => {
  await server.close();
  await wire.end();
  await base.close();
});

const callAs =
  (token: string) =>
  (name: string, input?: unknown, id?: string): Promise<Answer> =>
    call(base.url, name, { token, input, ...(id === undefined ? {} : { workspaceId: id }) });

/** The token with one byte changed in each of its parts: key id, session, generation, expiry, both codes. */
function changed(token: string): string[] {
  const bytes = Buffer.from(token.slice(4), "base64url");
  const places = [0, 1, 2, 17, 18, 21, 22, 27, 30, bytes.length - 13, bytes.length - 12, bytes.length - 1];
  return places.map((at) => {
    const forged = Buffer.from(bytes);
    forged[at] = (forged[at] ?? 0) ^ 1;
    return token.slice(0, 4) + forged.toString("base64url");
  });
}

/** Tokens of the session that are made with other keys, and tokens without the check code. */
function foreign(): string[] {
  const { sessionId, salt } = holder;
  const claims = { sessionId, generation: 1, expiresAtSeconds: 4_000_000_000 };
  const strangers = ["7", "8"].map((kid) => parseKeyRing(`${kid}:${randomBytes(32).toString("base64url")}`));
  return [
    ...strangers.map((ring) => formatAccessToken(ring, salt, claims)),
    ...strangers.map((ring) => formatAccessToken(ring, salt, claims, "plain")),
    // A new database never accepts plain tokens, so a plain token with a correct code is refused too.
    formatAccessToken(keys, salt, claims, "plain"),
  ];
}

/** The texts that identify a statement: the id of the session, and the search term. */
const marks = () => [holder.sessionId, WORD, taskId];

const ask = (name: string, token: string, input: unknown = {}) =>
  call(server.url, name, { token, workspaceId, input });

describe("a token that this server did not issue", () => {
  it("I14 causes no statement in any operation, and the answer is a 401", async () => {
    const forged = [...changed(await holder.access(1)), ...foreign()];
    const before = wire.sent(...marks());
    const guarded = operations.filter(({ operation }) => operation.access !== "public");
    for (const { name } of guarded) {
      const { status, error } = await ask(name, forged[guarded.length % forged.length] ?? "");
      expect([name, status, error?.reason]).toEqual([name, 401, "auth.unauthenticated"]);
    }
    for (const token of forged) {
      for (const [name, input] of [
        ["tasks.get", { id: taskId }],
        ["tasks.list", { search: WORD }],
        ["auth.me", undefined],
      ] as const) {
        const { status } = await ask(name, token, input);
        expect([token, name, status]).toEqual([token, name, 401]);
      }
    }
    expect(wire.sent(...marks())).toBe(before);
  });

  it("I14 causes no statement as a refresh token, and none when it signs out", async () => {
    const { refresh, salt, sessionId } = holder;
    const plain = formatRefreshToken(keys, salt, { sessionId, generation: 1 }, "plain");
    const before = wire.sent(...marks());
    for (const refreshToken of [...changed(refresh(1)), plain]) {
      expect((await call(server.url, "auth.refresh", { input: { refreshToken } })).status).toBe(401);
      expect((await call(server.url, "auth.signOut", { input: { refreshToken } })).status).toBe(200);
    }
    for (const token of changed(await holder.access(1)))
      expect((await call(server.url, "auth.signOut", { token })).status).toBe(200);
    expect(wire.sent(...marks())).toBe(before);
    expect((await ask("auth.me", await holder.access(1), undefined)).status).toBe(200);
  });

  it("I14 causes no statement as a mailed link", async () => {
    const id = "0190a6f0-0000-7000-8000-00000000abcd";
    const forged = ["email.verify", "password.reset"].flatMap((purpose) => [
      ...changed(formatOneTimeToken(keys, holder.salt, { id, purpose })),
      formatOneTimeToken(keys, holder.salt, { id, purpose }, "plain"),
    ]);
    const known = id.slice(0, 8);
    const before = wire.sent(known);
    for (const token of forged) {
      expect((await call(server.url, "email.verify", { input: { token } })).status).toBe(401);
      const input = { token, newPassword: "seven quiet lanterns on a pier" };
      expect((await call(server.url, "password.reset", { input })).status).toBe(401);
    }
    expect(wire.sent(known)).toBe(before);
  });

  it("I14 causes no statement when a service introspects it", async () => {
    const admin = callAs(await holder.access(1));
    const { data: key } = await admin(
      "serviceKeys.create",
      { name: "Gateway", role: "admin", scopes: ["token:introspect"] },
      workspaceId,
    );
    const before = wire.sent(...marks());
    for (const token of [...changed(await holder.access(1)), ...foreign()]) {
      const asked = { token, permission: "task:read" };
      const { data } = await call(server.url, "tokens.introspect", { token: key.token, input: asked });
      expect(data).toMatchObject({ active: false, allowed: false });
    }
    expect(wire.sent(...marks())).toBe(before);
    const asked = { token: await holder.access(1), permission: "task:read" };
    const { data } = await call(server.url, "tokens.introspect", { token: key.token, input: asked });
    expect(data).toMatchObject({ active: true, allowed: true });
    expect(wire.sent(...marks())).toBeGreaterThan(before);
  });

  it("I14 a valid token causes statements that the proxy sees, so the proxy works", async () => {
    for (const [name, input, mark] of [
      ["tasks.get", { id: taskId }, taskId],
      ["tasks.list", { search: WORD }, WORD],
      ["auth.me", undefined, holder.sessionId],
    ] as const) {
      const before = wire.sent(mark);
      expect((await ask(name, await holder.access(1), input)).status).toBe(200);
      expect([name, wire.sent(mark) > before]).toEqual([name, true]);
    }
  });
});
