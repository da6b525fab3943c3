import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  arrive,
  foundWorkspace,
  idsOf,
  startTestServer,
  type Answer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { keyOf, listedIn, makeKey, shownIn, verdictOf } from "./made-key.ts";

let server: TestServer;
let ada: Person;
let workspaceId: string;
beforeAll(async () => {
  server = await startTestServer();
  ada = await arrive(server, "ada");
  workspaceId = await foundWorkspace(ada);
});
afterAll(() => server.close());

const create = (input: unknown, where = workspaceId): Promise<Answer> =>
  ada.call("serviceKeys.create", input, where);
const good = { name: "Robot", scopes: ["task:read"] };

describe("The creation of a service key", () => {
  it("names the invalid field and creates no key", async () => {
    const wrong: [string, unknown][] = [
      ["name", { ...good, name: "" }],
      ["name", { ...good, name: "  " }],
      ["name", { ...good, name: "x".repeat(201) }],
      ["name", { ...good, name: "two\nlines" }],
      ["name", { scopes: ["task:read"] }],
      ["role", { ...good, role: "owner" }],
      ["scopes", { ...good, scopes: [] }],
      ["scopes", { name: "Robot" }],
      ["scopes.1", { ...good, scopes: ["task:read", "task:fly"] }],
      ["scopes", { ...good, scopes: ["task:read", "audit:read"] }],
      ["scopes", { ...good, role: "viewer", scopes: ["task:write"] }],
      ["scopes", { ...good, scopes: Array.from({ length: 100 }, () => "task:read") }],
      ["expiresInDays", { ...good, expiresInDays: 0 }],
      ["expiresInDays", { ...good, expiresInDays: 366 }],
      ["expiresInDays", { ...good, expiresInDays: 1.5 }],
      ["expiresInDays", { ...good, expiresInDays: null }],
      ["", { ...good, createdBy: ada.id }],
    ];
    for (const [field, input] of wrong) {
      const answer = await create(input);
      expect([input, verdictOf(answer)]).toEqual([input, "400 input.invalid"]);
      expect([input, Object.keys(answer.error?.fieldErrors ?? {})]).toEqual([input, [field]]);
    }
    expect((await ada.call("serviceKeys.list", {}, workspaceId)).data.items).toEqual([]);
  });

  it("accepts the limits: one year, a name of 200 characters, and a repeated scope", async () => {
    const made = await create({
      name: ` ${"é".repeat(200)} `,
      scopes: ["task:read", "token:introspect", "task:read"],
      expiresInDays: 365,
    });
    const shown = shownIn(made);
    expect(shown).toMatchObject({
      name: "é".repeat(200),
      role: "member",
      scopes: ["task:read", "token:introspect"],
      status: "active",
      lastUsedAt: null,
      rotatedAt: null,
      previousExpiresAt: null,
    });
    expect(shown.token).toMatch(/^pjk_[\w-]{70}$/);
    expect(Date.parse(shown.expiresAt) - Date.parse(shown.createdAt)).toBe(365 * 86_400_000);
    expect((await create(good)).data.expiresAt).toMatch(/Z$/);
  });

  it("defaults to the role member", async () => {
    expect((await create(good)).data.role).toBe("member");
  });

  it("fails after 100 active keys, also in 20 concurrent calls", async () => {
    const full = await foundWorkspace(ada, "Full");
    await server.database.owner(
      `INSERT INTO service_keys (id, workspace_id, name, role, scopes, secret_kid, secret_mac, created_by, expires_at)
       SELECT gen_random_uuid(), $1, 'Kept', 'member', '{task:read}', 1, sha256('x'), $2, now() + interval '1 day'
         FROM generate_series(1, 95)`,
      [full, ada.id],
    );
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(good, full)));
    const verdicts = answers.map(verdictOf).toSorted();
    expect(verdicts).toEqual([...Array(5).fill("200"), ...Array(15).fill("409 key.too_many")]);
    // Revoked and expired keys do not count.
    const [first, second] = answers.filter(({ status }) => status === 200).map(({ data }) => String(data.id));
    await ada.call("serviceKeys.revoke", { id: first }, full);
    expect(verdictOf(await create(good, full))).toBe("200");
    expect(verdictOf(await create(good, full))).toBe("409 key.too_many");
    await server.database.owner("UPDATE service_keys SET expires_at = now() WHERE id = $1", [second]);
    expect(verdictOf(await create(good, full))).toBe("200");
  });
});

describe("The rotation and revocation of a service key", () => {
  it("name the invalid field and change nothing", async () => {
    const key = await makeKey(server, ada, workspaceId, { scopes: ["task:read"] });
    const wrong: [string, string, unknown][] = [
      ["serviceKeys.rotate", "id", {}],
      ["serviceKeys.rotate", "id", { id: "x" }],
      ["serviceKeys.rotate", "overlapHours", { id: key.id, overlapHours: -1 }],
      ["serviceKeys.rotate", "overlapHours", { id: key.id, overlapHours: 169 }],
      ["serviceKeys.rotate", "expiresInDays", { id: key.id, expiresInDays: 0 }],
      ["serviceKeys.rotate", "expiresInDays", { id: key.id, expiresInDays: 366 }],
      ["serviceKeys.rotate", "", { id: key.id, scopes: ["audit:read"] }],
      ["serviceKeys.revoke", "id", { id: key.token }],
    ];
    for (const [name, field, input] of wrong) {
      const answer = await ada.call(name, input, workspaceId);
      expect([input, verdictOf(answer)]).toEqual([input, "400 input.invalid"]);
      expect([input, Object.keys(answer.error?.fieldErrors ?? {})]).toEqual([input, [field]]);
    }
    expect((await key.call("tasks.list")).status).toBe(200);
  });
});

describe("The list of service keys", () => {
  it("S10 contains no secret, like the audit log and the server's log", async () => {
    const home = await foundWorkspace(ada, "Quiet");
    const made = await makeKey(server, ada, home, { scopes: ["task:read"] });
    const rotated = keyOf(server.url, await ada.call("serviceKeys.rotate", { id: made.id }, home));
    await rotated.call("tasks.create", { nonsense: made.token });
    await ada.call("serviceKeys.rotate", { id: made.token }, home);
    const listed = await ada.call("serviceKeys.list", {}, home);
    expect(Object.keys(listedIn(listed)[0] ?? {}).toSorted()).toEqual(
      "createdAt createdBy creatorIsMember expiresAt id lastUsedAt name previousExpiresAt role rotatedAt scopes status".split(
        " ",
      ),
    );
    const revoked = await ada.call("serviceKeys.revoke", { id: made.id }, home);
    const records = await server.database.owner("SELECT t::text FROM audit_logs t");
    const shown = [listed.text, revoked.text, JSON.stringify(records), server.logLines.join("\n")].join("\n");
    expect(shown).toContain("serviceKeys.rotate");
    for (const { token } of [made, rotated]) {
      const bytes = Buffer.from(token.slice(4), "base64url");
      const secret = bytes.subarray(16, 48);
      for (const form of [token.slice(4), secret.toString("hex"), secret.toString("base64url")]) {
        expect(shown).not.toContain(form);
      }
    }
  });

  it("comes in pages, newest first, with an optional filter by status", async () => {
    const home = await foundWorkspace(ada, "Paged");
    const made = [];
    for (let count = 0; count < 5; count += 1) {
      made.unshift((await makeKey(server, ada, home, { name: `Key ${count}`, scopes: ["task:read"] })).id);
    }
    const [newest, , expired] = made;
    await ada.call("serviceKeys.revoke", { id: newest }, home);
    await server.database.owner("UPDATE service_keys SET expires_at = now() WHERE id = $1", [expired]);
    const walk = async (filter: object) => {
      const ids: string[] = [];
      for (let cursor: string | undefined; ;) {
        const page = await ada.call("serviceKeys.list", { limit: 2, cursor, ...filter }, home);
        ids.push(...idsOf(page));
        const { nextCursor } = page.data as { nextCursor: string | null };
        if (nextCursor === null) return ids;
        cursor = nextCursor;
      }
    };
    expect(await walk({})).toEqual(made);
    expect(await walk({ status: "revoked" })).toEqual([newest]);
    expect(await walk({ status: "expired" })).toEqual([expired]);
    expect(await walk({ status: "active" })).toEqual(made.filter((id) => id !== newest && id !== expired));
    const elsewhere = await foundWorkspace(ada, "Elsewhere");
    const { nextCursor } = (await ada.call("serviceKeys.list", { limit: 2 }, home)).data;
    const carried = await ada.call("serviceKeys.list", { limit: 2, cursor: nextCursor }, elsewhere);
    expect(verdictOf(carried)).toBe("400 cursor.invalid");
  });
});
