/* oxlint-disable unicorn/consistent-function-scoping -- a helper stands beside the promises it serves */
/* oxlint-disable vitest/expect-expect -- `nothing` expects */
/* oxlint-disable vitest/no-conditional-expect -- a workspace is its own key, and has its own refusal */
// The promises I2 to I12: whatever one wall forgets, the other holds. Tables are found in the catalogue, so a
// new one is under these promises from its first migration.
import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { tenantModels } from "../src/client/tenant-models.ts";
import { checkLogin, openPool, withOwner, type TenantRead, type TenantWrite } from "../src/index.ts";
import { createTestDatabase, type TestDatabase } from "./kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "./kit/plant-workspace.ts";

// Where the log's chains end is for the database's own functions: no role has a right to it (test/audit).
const TENANT_TABLES = `
  SELECT c.relname::text AS "table", CASE c.relname WHEN 'workspaces' THEN 'id' ELSE 'workspace_id' END AS key
    FROM pg_class c
   WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> 'audit_heads'
     AND (c.relname = 'workspaces' OR EXISTS (
       SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'workspace_id' AND NOT a.attisdropped))
   ORDER BY 1`;

interface TenantTable {
  readonly table: string;
  readonly key: string;
}

let database: TestDatabase;
let ours: PlantedWorkspace;
let theirs: PlantedWorkspace;
let tables: TenantTable[];
beforeAll(async () => {
  database = await createTestDatabase();
  ours = await plantWorkspace(database);
  theirs = await plantWorkspace(database);
  tables = await database.owner<{ table: string; key: string }>(TENANT_TABLES);
});
afterAll(() => database.drop());

/** Raw SQL on a server's connection, undone at the end: what the database allows, whatever the application does. */
async function raw<T>(enter: string, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await database.pool.connect();
  try {
    await client.query(`BEGIN; ${enter}`);
    return await work(client);
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

const asTenantOf = (workspaceId: string) =>
  `SET LOCAL app.workspace_id = '${workspaceId}'; SET LOCAL ROLE projo_tenant`;

/** The statement's outcome, and the transaction goes on. */
async function attempt(client: pg.PoolClient, text: string, values: unknown[] = []): Promise<string> {
  await client.query("SAVEPOINT attempt");
  try {
    return `${(await client.query(text, values)).rowCount} rows`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await client.query("ROLLBACK TO attempt");
  }
}

const refused = (table: string) => `new row violates row-level security policy for table "${table}"`;
const appendOnly = new Set(["audit_logs"]);

async function everyRow(): Promise<Record<string, unknown[]>> {
  const rows = await Promise.all(
    tables.map(({ table }) =>
      database.owner<{ row: unknown }>(
        `SELECT to_jsonb(t) AS row FROM ${pg.escapeIdentifier(table)} AS t ORDER BY to_jsonb(t)::text`,
      ),
    ),
  );
  return Object.fromEntries(
    tables.map(({ table }, place) => [table, rows[place]?.map(({ row }) => row) ?? []]),
  );
}

describe("with the application's filter out of play", () => {
  it("I2 every tenant table holds rows of both workspaces, so that nothing below is empty by chance", async () => {
    expect(tables.length).toBeGreaterThanOrEqual(6);
    const rows = await everyRow();
    for (const { table, key } of tables) {
      for (const { id } of [ours, theirs]) {
        expect(rows[table], `plant a row of ${table} in kit/plant-workspace.ts`).toContainEqual(
          expect.objectContaining({ [key]: id }),
        );
      }
    }
  });

  it("I2 a workspace reads its own rows, and none of another's", async () => {
    const seen = await raw(asTenantOf(ours.id), async (client) => {
      const found: Record<string, unknown> = {};
      for (const { table, key } of tables) {
        const { rows } = await client.query<{ workspace: string }>(
          `SELECT DISTINCT ${key} AS workspace FROM ${table}`,
        );
        found[table] = rows.map(({ workspace }) => workspace);
      }
      return found;
    });
    expect(seen).toEqual(Object.fromEntries(tables.map(({ table }) => [table, [ours.id]])));
  });

  it("I2 it changes and deletes its own rows, and none of another's", async () => {
    for (const { table, key } of tables) {
      await raw(asTenantOf(ours.id), async (client) => {
        const update = `UPDATE ${table} SET ${key} = ${key}`;
        const remove = `DELETE FROM ${table}`;
        const theirRows = ` WHERE ${key} = '${theirs.id}'`;
        const expected = appendOnly.has(table)
          ? Array.from({ length: 4 }, () => `permission denied for table ${table}`)
          : ["1 rows", "0 rows", "1 rows", "0 rows"];
        expect(
          [
            await attempt(client, update),
            await attempt(client, update + theirRows),
            await attempt(client, remove),
            await attempt(client, remove + theirRows),
          ],
          table,
        ).toEqual(expected);
      });
    }
  });

  it("I2 it writes no row into another workspace, whatever the row", async () => {
    const rows = await everyRow();
    for (const { table, key } of tables) {
      const theirRow = rows[table]?.find((row) => (row as Record<string, unknown>)[key] === theirs.id);
      // Their very row: were it let through, it would only be a duplicate, as it is for its own workspace.
      const insert = `INSERT INTO ${table} SELECT * FROM jsonb_populate_record(NULL::${table}, $1)`;
      const values = [JSON.stringify(theirRow)];
      const denied = appendOnly.has(table) ? `permission denied for table ${table}` : null;
      expect(await raw(asTenantOf(ours.id), (client) => attempt(client, insert, values))).toBe(
        denied ?? refused(table),
      );
      expect(await raw(asTenantOf(theirs.id), (client) => attempt(client, insert, values))).toBe(
        denied ?? `duplicate key value violates unique constraint "${table}_pkey"`,
      );
    }
  });

  it("I12 no row of a workspace is moved into another", async () => {
    for (const { table, key } of tables.filter((one) => !appendOnly.has(one.table))) {
      const move = `UPDATE ${table} SET ${key} = '${theirs.id}' WHERE ${key} = '${ours.id}'`;
      expect(await raw(asTenantOf(ours.id), (client) => attempt(client, move))).toBe(refused(table));
    }
  });
});

describe("without a workspace", () => {
  const nothing = async (client: pg.PoolClient) => {
    const rows = await everyRow();
    for (const { table, key } of tables) {
      const someone = JSON.stringify(rows[table]?.[0]);
      const denied = appendOnly.has(table) ? `permission denied for table ${table}` : null;
      const insert = `INSERT INTO ${table} SELECT * FROM jsonb_populate_record(NULL::${table}, $1)`;
      expect(
        [
          await attempt(client, `SELECT FROM ${table}`),
          await attempt(client, `UPDATE ${table} SET ${key} = ${key}`),
          await attempt(client, `DELETE FROM ${table}`),
          await attempt(client, insert, [someone]),
        ],
        table,
      ).toEqual(["0 rows", denied ?? "0 rows", denied ?? "0 rows", denied ?? refused(table)]);
    }
  };

  it("I3 nobody sees a row, or writes one", () => raw("SET LOCAL ROLE projo_tenant", nothing));

  it("I3 an empty workspace is none", () =>
    raw("SET LOCAL app.workspace_id = ''; SET LOCAL ROLE projo_tenant", nothing));

  it("I3 the workspace of an earlier transaction on the connection is none", async () => {
    const client = await database.pool.connect();
    try {
      await client.query(`BEGIN; ${asTenantOf(ours.id)}`);
      expect((await client.query("SELECT FROM tasks")).rowCount).toBe(1);
      await client.query("COMMIT; BEGIN; SET LOCAL ROLE projo_tenant");
      await nothing(client);
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
  });

  it("I3 the server's login itself may touch no table", async () => {
    const all = await database.owner<{ table: string }>(
      `SELECT relname::text AS "table" FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')`,
    );
    expect(all.length).toBeGreaterThan(tables.length);
    await raw("", async (client) => {
      for (const { table } of all) {
        expect(await attempt(client, `SELECT FROM ${table}`)).toBe(`permission denied for table ${table}`);
      }
    });
  });
});

describe("a person, outside any workspace", () => {
  it("sees the memberships and workspaces of their own, and no others", async () => {
    const seen = await database.db.readPerson(ours.userId, async ({ workspace, workspaceMember }) => [
      await workspace.findMany({ select: { id: true } }),
      await workspaceMember.findMany({ select: { id: true } }),
    ]);
    expect(seen).toEqual([[{ id: ours.id }], [{ id: ours.memberId }]]);
  });

  it("I3 is nobody until named: the system role alone sees no workspace, membership, invite or key", async () => {
    const settings = ["", "app.user_id", "app.invite_token_hash", "app.service_key_ids"];
    for (const setting of settings) {
      const enter = setting === "" ? "" : `SET LOCAL ${setting} = '';`;
      await raw(`${enter} SET LOCAL ROLE projo_system`, async (client) => {
        for (const table of ["workspaces", "workspace_members", "invites", "service_keys"]) {
          expect(await attempt(client, `SELECT FROM ${table}`), `${table}, ${setting} empty`).toBe("0 rows");
        }
        expect(await attempt(client, "UPDATE service_keys SET last_used_at = now()")).toBe("0 rows");
        expect(await attempt(client, "SELECT FROM users")).toBe("2 rows");
      });
    }
  });

  it("reaches nothing of what a workspace holds", async () => {
    await raw(`SET LOCAL app.user_id = '${ours.userId}'; SET LOCAL ROLE projo_system`, async (client) => {
      for (const { table } of tables) {
        const own = table === "workspaces" || table === "workspace_members";
        const hidden = table === "invites" || table === "service_keys";
        const outcome = own ? "1 rows" : hidden ? "0 rows" : `permission denied for table ${table}`;
        expect(await attempt(client, `SELECT FROM ${table}`)).toBe(outcome);
        expect(await attempt(client, `DELETE FROM ${table}`)).toBe(`permission denied for table ${table}`);
      }
    });
  });
});

describe("outside any workspace, who names a thing", () => {
  const asSystemWith = (setting: string, value: string) =>
    `SET LOCAL ${setting} = '${value}'; SET LOCAL ROLE projo_system`;
  const idsIn = async (client: pg.PoolClient, table: string): Promise<string[]> =>
    (await client.query<{ id: string }>(`SELECT id FROM ${table}`)).rows.map(({ id }) => id);

  it("I3 sees the invite whose token they hold, either token, and the workspace's name behind it", async () => {
    const [hashes] = await database.owner<{ shown: string; mailed: string }>(
      `SELECT encode(token_hash, 'hex') AS shown, encode(mailed_token_hash, 'hex') AS mailed FROM invites WHERE id = $1`,
      [ours.inviteId],
    );
    for (const hash of [hashes?.shown ?? "", hashes?.mailed ?? ""]) {
      await raw(asSystemWith("app.invite_token_hash", hash), async (client) => {
        expect(await idsIn(client, "invites")).toEqual([ours.inviteId]);
        expect(await idsIn(client, "workspaces")).toEqual([ours.id]);
        expect(await idsIn(client, "service_keys")).toEqual([]);
        expect(await attempt(client, "UPDATE invites SET used_at = now()")).toBe(
          "permission denied for table invites",
        );
      });
    }
    await raw(asSystemWith("app.invite_token_hash", "00".repeat(32)), async (client) => {
      expect(await idsIn(client, "invites")).toEqual([]);
    });
  });

  it("V3 sees the invites to their own address once it is verified, and none before", async () => {
    const guest = randomUUID();
    await database.owner(
      "INSERT INTO users (id, email, password_hash) VALUES ($1, 'guest@example.com', 'none')",
      [guest],
    );
    const seen = () =>
      raw(asSystemWith("app.user_id", guest), async (client) => (await idsIn(client, "invites")).toSorted());
    expect(await seen()).toEqual([]);
    await database.owner("UPDATE users SET email_verified_at = now() WHERE id = $1", [guest]);
    expect(await seen()).toEqual([ours.inviteId, theirs.inviteId].toSorted());
    await database.owner("DELETE FROM users WHERE id = $1", [guest]);
  });

  it("I3 sees the key that is named, and may note its use and nothing else", async () => {
    await raw(asSystemWith("app.service_key_ids", ours.keyId), async (client) => {
      expect(await idsIn(client, "service_keys")).toEqual([ours.keyId]);
      expect(await idsIn(client, "invites")).toEqual([]);
      expect(await attempt(client, "UPDATE service_keys SET last_used_at = now()")).toBe("1 rows");
      for (const change of ["role = 'admin'", "scopes = '{task:write}'", "expires_at = 'infinity'"]) {
        expect(await attempt(client, `UPDATE service_keys SET ${change}`)).toBe(
          "permission denied for table service_keys",
        );
      }
      expect(await attempt(client, "DELETE FROM service_keys")).toBe(
        "permission denied for table service_keys",
      );
    });
  });

  it("I9 leaves nothing of what was named to the next statement on the connection", async () => {
    expect(await database.db.serviceKeys.find(ours.keyId)).toMatchObject({ workspaceId: ours.id });
    await raw("SET LOCAL ROLE projo_system", async (client) => {
      await client.query("SELECT * FROM projo_service_key($1)", [ours.keyId]);
      await client.query("COMMIT; BEGIN; SET LOCAL ROLE projo_system");
      expect(await idsIn(client, "service_keys")).toEqual([]);
    });
  });

  it("sees a workspace that nobody can restore any more, which is to be purged, and no younger one", async () => {
    const seen = async (days: number) => {
      await database.owner("UPDATE workspaces SET deleted_at = now() - $1 * interval '1 day' WHERE id = $2", [
        days,
        theirs.id,
      ]);
      return raw("SET LOCAL ROLE projo_system", (client) => idsIn(client, "workspaces"));
    };
    expect(await seen(29)).toEqual([]);
    expect(await seen(31)).toEqual([theirs.id]);
    await database.owner("UPDATE workspaces SET deleted_at = NULL WHERE id = $1", [theirs.id]);
  });
});

describe("what a workspace may know of people and of mail", () => {
  it("I2 the emails of its own members, and of nobody else", async () => {
    await raw(asTenantOf(ours.id), async (client) => {
      const { rows } = await client.query("SELECT id, email FROM users");
      expect(rows).toEqual([{ id: ours.userId, email: `${ours.userId}@example.com` }]);
    });
    await raw("SET LOCAL ROLE projo_tenant", async (client) => {
      expect(await attempt(client, "SELECT id FROM users")).toBe("0 rows");
    });
  });

  it("A3 no password, nor anything else of them, and it changes none", async () => {
    await raw(asTenantOf(ours.id), async (client) => {
      for (const text of [
        "SELECT password_hash FROM users",
        "SELECT * FROM users",
        "SELECT email_verified_at FROM users",
        "UPDATE users SET email = 'mine@example.com'",
        "DELETE FROM users",
      ]) {
        expect(await attempt(client, text), text).toBe("permission denied for table users");
      }
    });
  });

  it("I2 its own mail: it sends and takes back its own, and touches none of another's", async () => {
    const insert = `INSERT INTO mail_outbox (id, template, recipient, about_workspace_id) VALUES ($1, 'invite', 'a@b.co', $2)`;
    await raw(asTenantOf(ours.id), async (client) => {
      const { rows } = await client.query(
        "SELECT about_workspace_id AS id, invite_id AS invite FROM mail_outbox",
      );
      expect(rows).toEqual([{ id: ours.id, invite: ours.inviteId }]);
      const ofTheirs = `WHERE about_workspace_id = '${theirs.id}'`;
      expect(await attempt(client, `DELETE FROM mail_outbox ${ofTheirs}`)).toBe("0 rows");
      expect(await attempt(client, "DELETE FROM mail_outbox")).toBe("1 rows");
      expect(await attempt(client, insert, [randomUUID(), ours.id])).toBe("1 rows");
      expect(await attempt(client, insert, [randomUUID(), theirs.id])).toBe(refused("mail_outbox"));
      expect(await attempt(client, insert, [randomUUID(), null])).toBe(refused("mail_outbox"));
    });
    await raw("SET LOCAL ROLE projo_tenant", async (client) => {
      expect(await attempt(client, "SELECT status FROM mail_outbox")).toBe("0 rows");
      expect(await attempt(client, insert, [randomUUID(), ours.id])).toBe(refused("mail_outbox"));
    });
  });

  it("A3 it reads back neither whom a mail is for nor what makes its token", async () => {
    await raw(asTenantOf(ours.id), async (client) => {
      for (const column of [
        "recipient",
        "token_salt",
        "token_kid",
        "facts",
        "one_time_token_id",
        "last_error",
      ]) {
        expect(await attempt(client, `SELECT ${column} FROM mail_outbox`), column).toBe(
          "permission denied for table mail_outbox",
        );
      }
      expect(await attempt(client, "UPDATE mail_outbox SET recipient = 'me@example.com'")).toBe(
        "permission denied for table mail_outbox",
      );
    });
  });
});

describe("what is written in SQL, with row-level security alone before it", () => {
  const rowsOfTheirs = () =>
    Promise.all(
      tables.map(({ table, key }) =>
        database.owner(`SELECT to_jsonb(t) FROM ${table} AS t WHERE ${key} = $1 ORDER BY 1`, [theirs.id]),
      ),
    );

  it("I2 lists a workspace's own members, invites and keys", async () => {
    const page = { after: undefined, limit: 100 };
    const ids = await database.db.read(
      ours.grant("key:manage"),
      async ({ members, invites, serviceKeys }) => [
        (await members.list({ ...page, role: undefined })).map(({ id }) => id),
        (await invites.list({ ...page, status: undefined })).map(({ id }) => id),
        (await serviceKeys.list({ ...page, status: undefined })).map(({ id }) => id),
      ],
    );
    expect(ids).toEqual([[ours.memberId], [ours.inviteId], [ours.keyId]]);
  });

  it("I2 finds nothing of another's to change: no member, no invite, no key", async () => {
    const before = await rowsOfTheirs();
    const hash = Buffer.alloc(32, 1);
    const tokens = {
      tokenHash: hash,
      mailedTokenHash: hash,
      mailId: randomUUID(),
      tokenKid: 1,
      tokenSalt: hash,
    };
    const inviter = { userId: ours.userId, keyId: undefined };
    const secret = { kid: 1, mac: hash };
    const inTurn = { inTurn: true };
    const found = await database.db.write(
      ours.grant("member:manage"),
      async ({ members, invites, serviceKeys }) => [
        await members.changeRole(theirs.userId, "viewer"),
        await members.remove(theirs.userId, ours.userId),
        (await invites.renew({ ...tokens, id: theirs.inviteId, inviter, seconds: 60 })).outcome,
        await invites.revoke(theirs.inviteId),
        await serviceKeys.hold(theirs.keyId),
        await serviceKeys.rotate({ id: theirs.keyId, secret, overlapHours: 1, days: 1 }),
        await serviceKeys.revoke(theirs.keyId),
      ],
      inTurn,
    );
    expect(found).toEqual([null, null, "missing", null, null, null, null]);
    expect(await rowsOfTheirs()).toEqual(before);
  });

  it("I2 changes the one workspace that it is in, where a statement names none", async () => {
    const before = await rowsOfTheirs();
    const name = (workspace: PlantedWorkspace) =>
      database.owner("SELECT name, deleted_at IS NOT NULL AS deleted FROM workspaces WHERE id = $1", [
        workspace.id,
      ]);
    const write = <T>(fn: (all: TenantWrite) => Promise<T>, deleted = false) =>
      database.db.write(ours.grant("workspace:delete"), fn, { inTurn: true, deleted });
    await write(({ workspaces }) => workspaces.rename("Ours"));
    await write(({ workspaces }) => workspaces.delete("Ours"));
    expect(await name(ours)).toEqual([{ name: "Ours", deleted: true }]);
    expect(await rowsOfTheirs()).toEqual(before);
    await write(({ workspaces }) => workspaces.restore(), true);
    await write(({ workspaces }) => workspaces.rename("Planted"));
    expect(await name(ours)).toEqual([{ name: "Planted", deleted: false }]);
    expect(await rowsOfTheirs()).toEqual(before);
  });
});

describe("with row-level security out of play", () => {
  let bare: TestDatabase;
  let mine: PlantedWorkspace;
  let other: PlantedWorkspace;
  beforeAll(async () => {
    bare = await createTestDatabase();
    mine = await plantWorkspace(bare);
    other = await plantWorkspace(bare);
    for (const { table } of tables) {
      await bare.owner(`ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`);
    }
    // Even the entries of the log may be changed here, so that only the filter stands before them.
    await bare.owner("GRANT INSERT, UPDATE, DELETE ON audit_logs TO projo_tenant");
    await bare.owner("ALTER TABLE audit_logs DISABLE TRIGGER USER");
  });
  afterAll(() => bare.drop());

  /** A model's methods, called by name: the types of the models differ, the promise does not. */
  type Methods = Record<string, (args: object) => Promise<unknown>>;
  const of = (all: TenantRead | TenantWrite, model: string): Methods =>
    (all as unknown as Record<string, Methods>)[model[0]?.toLowerCase() + model.slice(1)] ?? {};
  const call = (all: TenantRead | TenantWrite, model: string, method: string, args: object) =>
    of(all, model)[method]?.(args) ?? Promise.reject(new Error(`${model} has no ${method}`));

  const theirOwn = async (model: string, workspace: PlantedWorkspace): Promise<{ id: string }> =>
    bare.db.read(workspace.grant("audit:read"), async (all) => {
      const row = await call(all, model, "findFirst", {});
      return row as { id: string };
    });
  const uniqueKey = (model: string, workspaceId: string, id: string) =>
    model === "Workspace" ? { id } : { workspaceId_id: { workspaceId, id } };
  const rowsOf = async (workspace: PlantedWorkspace) =>
    Promise.all(
      tables.map(({ table, key }) =>
        bare.owner(`SELECT to_jsonb(t) FROM ${table} AS t WHERE ${key} = $1 ORDER BY 1`, [workspace.id]),
      ),
    );

  it("the wall is really down: SQL of ours reads their rows", async () => {
    const client = await bare.pool.connect();
    await client.query(`BEGIN; ${asTenantOf(mine.id)}`);
    expect((await client.query("SELECT FROM tasks WHERE workspace_id = $1", [other.id])).rowCount).toBe(1);
    await client.query("ROLLBACK");
    client.release();
  });

  it("I2 the application's filter alone shows each model's own rows, and none of another's", async () => {
    for (const model of tenantModels) {
      const key = model === "Workspace" ? "id" : "workspaceId";
      const foreign = await theirOwn(model, other);
      const own = await theirOwn(model, mine);
      const args = (id: string, workspaceId: string) => ({ where: uniqueKey(model, workspaceId, id) });
      await bare.db.read(mine.grant("audit:read"), async (all) => {
        expect(await call(all, model, "findMany", {}), model).toEqual([
          expect.objectContaining({ [key]: mine.id }),
        ]);
        expect(
          await call(all, model, "findMany", { where: { OR: [{ id: foreign.id }, { id: own.id }] } }),
        ).toEqual([expect.objectContaining({ id: own.id })]);
        expect(await call(all, model, "findFirst", { where: { id: own.id } })).toMatchObject({ id: own.id });
        expect(await call(all, model, "findUnique", args(own.id, mine.id))).toMatchObject({ id: own.id });
        expect(await call(all, model, "count", {})).toBe(1);
        expect(await call(all, model, "aggregate", { _count: true })).toEqual({ _count: 1 });
        expect(await call(all, model, "groupBy", { by: ["id"] })).toEqual([{ id: own.id }]);
        expect(await call(all, model, "count", { where: { NOT: { id: own.id } } })).toBe(0);
        if (model !== "Workspace") {
          expect(await call(all, model, "count", { where: { id: { in: [foreign.id] } } })).toBe(0);
          expect(await call(all, model, "findFirst", { where: { id: foreign.id } })).toBeNull();
          expect(await call(all, model, "findUnique", args(foreign.id, other.id))).toBeNull();
        }
      });
      await expect(
        bare.db.read(mine.grant("audit:read"), (all) =>
          call(all, model, "findMany", { where: { [key]: other.id } }),
        ),
      ).rejects.toThrow("another workspace");
    }
  });

  it("I2 it changes none of another's rows, and puts none among them", async () => {
    const before = await rowsOf(other);
    const attempts = [...tenantModels].flatMap((model) => {
      const name = model === "Workspace" ? "id" : "workspaceId";
      return [
        "update",
        "delete",
        "upsert",
        "updateMany",
        "deleteMany",
        "updateManyAndReturn",
        "create",
        "createMany",
        "createManyAndReturn",
      ].map((method) => ({ model, method, name }));
    });
    for (const { model, method, name } of attempts) {
      const { id: foreignId, ...foreign } = await theirOwn(model, other);
      const where = method.includes("Many") ? { id: foreignId } : uniqueKey(model, other.id, foreignId);
      const row = { ...foreign, id: randomUUID(), [name]: other.id };
      const data = method.startsWith("create")
        ? method === "create"
          ? row
          : [row]
        : { createdAt: new Date(0) };
      const args =
        method === "upsert"
          ? { where, create: row, update: { createdAt: new Date(0) } }
          : {
              ...(method.startsWith("create") ? {} : { where }),
              ...(method.startsWith("delete") ? {} : { data }),
            };
      const outcome = await bare.db
        .write(mine.grant("workspace:delete"), (all) => call(all, model, method, args))
        .then(
          (result) => JSON.stringify(result),
          (error: unknown) => String(error),
        );
      expect(outcome, `${model}.${method}`).toMatch(/^\[\]$|"count":0|another workspace|No record|not found/);
    }
    expect(await rowsOf(other)).toEqual(before);
  });

  it("I2 the same changes pass on rows of one's own", async () => {
    await bare.db.write(mine.grant("project:write"), async ({ project }) => {
      const where = { workspaceId_id: { workspaceId: mine.id, id: mine.projectId } };
      await project.update({ where, data: { name: "Renamed" } });
      const [copy] = await project.createManyAndReturn({
        data: [{ id: randomUUID(), workspaceId: mine.id, name: "Second", createdBy: mine.userId }],
      });
      expect(await project.updateMany({ where: { id: copy?.id ?? "" }, data: { name: "Third" } })).toEqual({
        count: 1,
      });
      expect(await project.deleteMany({ where: { id: copy?.id ?? "" } })).toEqual({ count: 1 });
    });
    expect(await bare.owner("SELECT name FROM projects WHERE workspace_id = $1", [mine.id])).toEqual([
      { name: "Renamed" },
    ]);
  });

  it("I2 a row is written by its own columns: no relation reaches over, to connect, create or move", async () => {
    const before = [await rowsOf(mine), await rowsOf(other)];
    const project = { workspaceId_id: { workspaceId: mine.id, id: mine.projectId } };
    const theirTask = { workspaceId_id: { workspaceId: other.id, id: other.taskId } };
    const theirProject = { workspaceId_id: { workspaceId: other.id, id: other.projectId } };
    const there = { connect: { id: other.id } };
    const creator = { connect: { id: mine.userId } };
    const changes: ((all: TenantWrite) => Promise<unknown>)[] = [
      (all) => all.project.update({ where: project, data: { tasks: { connect: theirTask } } }),
      (all) => all.project.update({ where: project, data: { tasks: { deleteMany: {} } } }),
      (all) => all.project.update({ where: project, data: { workspace: there } }),
      (all) => all.project.create({ data: { id: randomUUID(), name: "Over", workspace: there, creator } }),
      (all) =>
        all.workspace.update({ where: { id: mine.id }, data: { projects: { connect: theirProject } } }),
      (all) =>
        all.project.upsert({
          where: { workspaceId_id: { workspaceId: mine.id, id: randomUUID() } },
          create: { id: randomUUID(), name: "Over", workspace: there, creator },
          update: {},
        }),
      (all) =>
        all.project.upsert({
          where: project,
          create: { id: randomUUID(), name: "Over", workspace: there, creator },
          update: { workspace: there },
        }),
    ];
    for (const change of changes) {
      await expect(bare.db.write(mine.grant("workspace:delete"), change), String(change)).rejects.toThrow(
        "its own columns",
      );
    }
    expect([await rowsOf(mine), await rowsOf(other)]).toEqual(before);
  });

  it("I12 a row never changes its workspace", async () => {
    const where = { workspaceId_id: { workspaceId: mine.id, id: mine.taskId } };
    const move = { workspaceId: other.id };
    const changes: ((all: TenantWrite) => Promise<unknown>)[] = [
      (all) => all.task.update({ where, data: move }),
      (all) => all.task.updateMany({ data: move }),
      (all) => all.task.updateManyAndReturn({ data: move }),
      (all) => all.workspace.update({ where: { id: mine.id }, data: { id: other.id } }),
    ];
    for (const change of changes) {
      await expect(bare.db.write(mine.grant("task:write"), change)).rejects.toThrow(
        "never changes its workspace",
      );
    }
    expect(await bare.owner("SELECT workspace_id FROM tasks WHERE id = $1", [mine.taskId])).toEqual([
      { workspace_id: mine.id },
    ]);
  });
});

describe("the server's login", () => {
  /** A database login made for one question; the roles of a cluster outlive a database, so it is dropped again. */
  async function asked(prepare: (login: string) => string[], where = database): Promise<string> {
    const { owner } = inject("cluster");
    const login = `projo_asked_${randomUUID().slice(0, 8)}`;
    const password = `secret-${randomUUID()}`;
    const pool = openPool({
      target: { host: owner.host, port: owner.port, user: login, password, database: where.name },
      max: 1,
    });
    await where.owner(`CREATE ROLE ${login} LOGIN NOINHERIT PASSWORD '${password}'`);
    try {
      for (const statement of prepare(login)) await where.owner(statement);
      return await checkLogin(pool).then(
        () => "accepted",
        (error: unknown) => {
          const text = String(error);
          expect(text).not.toContain(password);
          expect(text.split("\n")).toHaveLength(1);
          return text.replaceAll(login, "LOGIN");
        },
      );
    } finally {
      await pool.end();
      for (const name of [login, `${login}_group`]) {
        const [role] = await where.owner("SELECT FROM pg_roles WHERE rolname = $1", [name]);
        if (role) {
          await where.owner(
            `REASSIGN OWNED BY ${name} TO CURRENT_USER; DROP OWNED BY ${name}; DROP ROLE ${name}`,
          );
        }
      }
    }
  }
  const roles = (login: string) => `GRANT projo_tenant, projo_system TO ${login}`;

  it("I4 owns nothing, bypasses nothing, and is accepted", async () => {
    expect(await asked((login) => [roles(login)])).toBe("accepted");
    await expect(checkLogin(database.pool)).resolves.toBeUndefined();
    const [facts] = await database.owner(
      `SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolinherit,
              (SELECT count(*)::int FROM pg_shdepend WHERE refobjid = r.oid AND deptype = 'o') AS owned,
              (SELECT array_agg(g.rolname::text ORDER BY g.rolname) FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
                WHERE m.member = r.oid) AS roles
         FROM pg_roles r WHERE rolname = $1`,
      [inject("cluster").server.user],
    );
    expect(facts).toEqual({
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolreplication: false,
      rolinherit: false,
      owned: 0,
      roles: ["projo_system", "projo_tenant"],
    });
  });

  const refusals: [who: string, prepare: (login: string) => string[], why: string][] = [
    [
      "a superuser",
      (login) => [roles(login), `ALTER ROLE ${login} SUPERUSER`],
      "could bypass row-level security",
    ],
    [
      "one that bypasses row-level security",
      (login) => [roles(login), `ALTER ROLE ${login} BYPASSRLS`],
      "could bypass row-level security, as LOGIN can",
    ],
    [
      "a member of one that bypasses it",
      (login) => [roles(login), `CREATE ROLE ${login}_group BYPASSRLS`, `GRANT ${login}_group TO ${login}`],
      "could bypass row-level security, as LOGIN_group can",
    ],
    [
      "one that makes roles",
      (login) => [roles(login), `ALTER ROLE ${login} CREATEROLE`],
      "could bypass row-level security, as LOGIN can",
    ],
    [
      "one that runs programs on the database's machine",
      (login) => [roles(login), `GRANT pg_execute_server_program TO ${login}`],
      "could bypass row-level security, as pg_execute_server_program can",
    ],
    [
      "one without the two roles",
      () => [],
      "may not act as projo_tenant and projo_system. Run `pnpm db:migrate`",
    ],
    [
      "one with only one of them",
      (login) => [`GRANT projo_tenant TO ${login}`],
      "may not act as projo_tenant and projo_system",
    ],
  ];
  it.each(refusals)("I4 the server refuses %s", async (_who, prepare, why) => {
    const answer = await asked(prepare);
    expect(answer).toContain(why);
    expect(answer).toContain("pnpm db:migrate");
  });

  const ownings: [what: string, prepare: (login: string, name: string) => string[], owned: string][] = [
    ["a table", (login) => [`ALTER TABLE tasks OWNER TO ${login}`], "tasks"],
    [
      "a table, through a role that it is a member of",
      (login) => [
        `CREATE ROLE ${login}_group`,
        `ALTER TABLE tasks OWNER TO ${login}_group`,
        `GRANT ${login}_group TO ${login}`,
      ],
      "tasks",
    ],
    ["a function", (login) => [`ALTER FUNCTION projo_enter OWNER TO ${login}`], "projo_enter"],
    ["the database", (login, name) => [`ALTER DATABASE ${name} OWNER TO ${login}`], "public"],
  ];
  it.each(ownings)("I4 the server refuses a login that owns %s", async (_what, prepare, owned) => {
    const own = await createTestDatabase();
    const answer = await asked((login) => [roles(login), ...prepare(login, own.name)], own);
    await own.drop();
    expect(answer).toMatch(
      new RegExp(`owns [\\w, ]*${owned}, and could lift their protection.*pnpm db:migrate`),
    );
  });

  it("I4 the server refuses a database without tables, and says what to do", async () => {
    const { owner, server } = inject("cluster");
    const name = `projo_test_empty_${randomUUID().slice(0, 8)}`;
    await withOwner({ ...owner, database: "postgres" }, (client) => client.query(`CREATE DATABASE ${name}`));
    const pool = openPool({ target: { host: owner.host, port: owner.port, ...server, database: name } });
    await expect(checkLogin(pool)).rejects.toThrow("finds no tables. Run `pnpm db:migrate` first");
    await pool.end();
    await withOwner({ ...owner, database: "postgres" }, (client) => client.query(`DROP DATABASE ${name}`));
  });
});

describe("the catalogue", () => {
  const POLICIES = `
    SELECT c.relname::text AS "table", c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
           (SELECT array_agg(concat_ws(' | ', p.polname, p.polpermissive, p.polcmd, p.polroles::regrole[],
                   pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) ORDER BY p.polname)
              FROM pg_policy p WHERE p.polrelid = c.oid) AS policies
      FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY ($1) ORDER BY 1`;
  async function policiesOn(names: readonly string[]) {
    const found = await database.owner<{
      table: string;
      enabled: boolean;
      forced: boolean;
      policies: string[];
    }>(POLICIES, [names]);
    const oneLine = (text: string) => text.replaceAll(/\s+/g, " ");
    return found.map((one) => ({ ...one, policies: one.policies?.map(oneLine) }));
  }
  const inWorkspace = (key: string) =>
    `(${key} = ( SELECT (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid AS "nullif"))`;
  const tenant = (key: string) =>
    `tenant | t | * | {projo_tenant} | ${inWorkspace(key)} | ${inWorkspace(key)}`;

  it("I5 every tenant table is under row-level security, its owner too, for reading and for writing", async () => {
    const person = `( SELECT (NULLIF(current_setting('app.user_id'::text, true), ''::text))::uuid AS "nullif")`;
    const hash = `( SELECT decode(NULLIF(current_setting('app.invite_token_hash'::text, true), ''::text), 'hex'::text) AS decode)`;
    const named = `(id = ANY ((( SELECT string_to_array(current_setting('app.service_key_ids'::text, true), ','::text) AS string_to_array))::uuid[]))`;
    // The owner's functions write the log: inside one workspace, or where they erase one person.
    const owner = inject("cluster").owner.user;
    const erased = `(NULLIF(current_setting('app.erasing'::text, true), ''::text))::uuid`;
    const outside: Record<string, readonly string[]> = {
      audit_logs: [
        `erasure | t | r | {${owner}} | ((actor_user_id = ( SELECT ${erased} AS "nullif")) OR (((personal_json -> 'email'::text) ->> 'value'::text) = ( SELECT u.email FROM users u WHERE (u.id = ${erased}))))`,
        `owner | t | * | {${owner}} | ${inWorkspace("workspace_id")} | ${inWorkspace("workspace_id")}`,
      ],
      invites: [
        `addressee | t | r | {projo_system} | (email = ( SELECT u.email FROM users u WHERE ((u.id = ${person}) AND (u.email_verified_at IS NOT NULL))))`,
        `holder | t | r | {projo_system} | ((token_hash = ${hash}) OR (mailed_token_hash = ${hash}))`,
      ],
      service_keys: [`named | t | r | {projo_system} | ${named}`, `used | t | w | {projo_system} | ${named}`],
      workspace_members: [`person | t | r | {projo_system} | (user_id = ${person})`],
      workspaces: [
        "invited | t | r | {projo_system} | (EXISTS ( SELECT FROM invites i WHERE (i.workspace_id = workspaces.id)))",
        `person | t | r | {projo_system} | (EXISTS ( SELECT FROM workspace_members m WHERE ((m.workspace_id = workspaces.id) AND (m.user_id = ${person}))))`,
        "purged | t | r | {projo_system} | (deleted_at < (now() - '30 days'::interval))",
      ],
    };
    expect(await policiesOn(tables.map(({ table }) => table))).toEqual(
      tables.map(({ table, key }) => ({
        table,
        enabled: true,
        forced: true,
        policies: [...(outside[table] ?? []), tenant(key)].toSorted(),
      })),
    );
  });

  it("I5 people and mail, which a workspace sees a part of, are under it too", async () => {
    expect(await policiesOn(["mail_outbox", "users"])).toEqual([
      {
        table: "mail_outbox",
        enabled: true,
        forced: true,
        policies: ["post | t | * | {projo_system} | true | true", tenant("about_workspace_id")],
      },
      {
        table: "users",
        enabled: true,
        forced: false,
        policies: [
          "accounts | t | * | {projo_system} | true | true",
          "members | t | r | {projo_tenant} | (id IN ( SELECT m.user_id FROM workspace_members m))",
        ],
      },
    ]);
  });

  it("I5 a table that points to a workspace by another name is none that was overlooked", async () => {
    const found = await database.owner(
      `SELECT DISTINCT c.conrelid::regclass::text AS "table" FROM pg_constraint c
        WHERE c.contype = 'f' AND c.confrelid = 'workspaces'::regclass AND NOT c.conrelid::regclass::text = ANY ($1)
        ORDER BY 1`,
      [tables.map(({ table }) => table)],
    );
    // A workspace's role has no right to sessions at all; what it may of the mail is above.
    expect(found).toEqual([{ table: "mail_outbox" }, { table: "sessions" }]);
  });

  it("I5 U2 each role holds these rights and no others", async () => {
    const rights = await database.owner<{ right: string }>(
      `SELECT concat_ws(' ', coalesce(g.rolname, 'PUBLIC'), c.relname, string_agg(a.privilege_type, ',' ORDER BY a.privilege_type)) AS right
         FROM pg_class c CROSS JOIN aclexplode(c.relacl) a LEFT JOIN pg_roles g ON g.oid = a.grantee
        WHERE c.relnamespace = 'public'::regnamespace AND a.grantee <> c.relowner
        GROUP BY g.rolname, c.relname
        UNION ALL
       SELECT concat_ws(' ', coalesce(g.rolname, 'PUBLIC'), c.relname, a.privilege_type,
                        '(' || string_agg(t.attname, ', ' ORDER BY t.attname) || ')')
         FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid CROSS JOIN aclexplode(t.attacl) a
              LEFT JOIN pg_roles g ON g.oid = a.grantee
        WHERE c.relnamespace = 'public'::regnamespace
        GROUP BY g.rolname, c.relname, a.privilege_type`,
    );
    expect(rights.map(({ right }) => right).toSorted()).toEqual([
      "projo_system account_events INSERT,SELECT",
      "projo_system invites SELECT (created_at, email, expires_at, id, invited_by, mailed_token_hash, revoked_at, role, token_hash, used_at, workspace_id)",
      "projo_system mail_outbox DELETE,INSERT,SELECT,UPDATE",
      "projo_system one_time_tokens DELETE,INSERT,SELECT,UPDATE",
      "projo_system service_keys SELECT",
      "projo_system service_keys UPDATE (last_used_at)",
      "projo_system sessions DELETE,INSERT,SELECT,UPDATE",
      "projo_system users DELETE,INSERT,SELECT,UPDATE",
      "projo_system workspace_members SELECT",
      "projo_system workspaces SELECT",
      "projo_tenant audit_logs SELECT",
      "projo_tenant invites DELETE,INSERT,SELECT,UPDATE",
      "projo_tenant mail_outbox DELETE",
      "projo_tenant mail_outbox INSERT (about_workspace_id, expires_at, facts, id, invite_id, recipient, template, token_kid, token_salt)",
      "projo_tenant mail_outbox SELECT (about_workspace_id, invite_id, status)",
      "projo_tenant projects DELETE,INSERT,SELECT,UPDATE",
      "projo_tenant service_keys DELETE,INSERT,SELECT,UPDATE",
      "projo_tenant tasks DELETE,INSERT,SELECT,UPDATE",
      "projo_tenant users SELECT (email, id)",
      "projo_tenant workspace_members DELETE,INSERT,SELECT,UPDATE",
      "projo_tenant workspaces DELETE,INSERT,SELECT,UPDATE",
    ]);
  });

  it("I5 the two roles own nothing, bypass nothing and cannot sign in", async () => {
    const found = await database.owner(
      `SELECT rolname::text, rolsuper, rolbypassrls, rolcreaterole, rolcanlogin, rolinherit,
              EXISTS (SELECT FROM pg_shdepend WHERE refobjid = r.oid AND deptype = 'o') AS owns,
              EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid) AS member,
              has_schema_privilege(r.oid, 'public', 'CREATE') AS makes_tables
         FROM pg_roles r WHERE rolname IN ('projo_system', 'projo_tenant') ORDER BY 1`,
    );
    const none = {
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcanlogin: false,
      rolinherit: false,
      owns: false,
      member: false,
      makes_tables: false,
    };
    expect(found).toEqual([
      { rolname: "projo_system", ...none },
      { rolname: "projo_tenant", ...none },
    ]);
  });

  it("I5 functions find names where they are meant to, are for one role, and few run with the owner's rights", async () => {
    const found = await database.owner<{ function: string }>(
      `SELECT p.proname::text AS "function", p.prosecdef AS definer, p.proconfig AS config, p.prosqlbody IS NOT NULL AS bound,
              (SELECT array_agg(coalesce(g.rolname::text, 'PUBLIC') ORDER BY 1)
                 FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a LEFT JOIN pg_roles g ON g.oid = a.grantee
                WHERE a.grantee <> p.proowner) AS callers
         FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace ORDER BY 1`,
    );
    const config = ["search_path=pg_catalog, pg_temp"];
    const invoker = { definer: false, config, bound: false };
    const definer = { definer: true, config, bound: false };
    // Bound to what its names meant when it was made: no search path counts any more.
    const bound = { definer: false, config: null, bound: true };
    expect(found).toEqual([
      { function: "projo_audit_append", ...definer, callers: ["projo_tenant"] },
      { function: "projo_audit_deny", ...definer, callers: ["projo_tenant"] },
      { function: "projo_audit_hash", ...bound, callers: null },
      { function: "projo_audit_text", ...bound, callers: ["projo_tenant"] },
      { function: "projo_enter", ...invoker, callers: ["projo_tenant"] },
      { function: "projo_enter_by_key", ...invoker, callers: ["projo_tenant"] },
      { function: "projo_erase_person", ...definer, callers: ["projo_system"] },
      { function: "projo_invite", ...invoker, callers: ["projo_system"] },
      { function: "projo_keys_used", ...invoker, callers: ["projo_system"] },
      { function: "projo_person_invites", ...invoker, callers: ["projo_system"] },
      { function: "projo_refuse_change", ...invoker, callers: null },
      { function: "projo_service_key", ...invoker, callers: ["projo_system"] },
      { function: "projo_session", ...invoker, callers: ["projo_system"] },
    ]);
  });

  it("I6 every foreign key between tenant tables carries the workspace on both sides", async () => {
    const keys = await database.owner<{ name: string; pairs: string[]; target: string }>(
      `SELECT c.conname::text AS name, c.confrelid::regclass::text AS target, array(
                SELECT a.attname || ' -> ' || b.attname FROM unnest(c.conkey, c.confkey) AS k(mine, theirs)
                  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.mine
                  JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = k.theirs) AS pairs
         FROM pg_constraint c
        WHERE c.contype = 'f' AND c.conrelid::regclass::text = ANY ($1) AND c.confrelid::regclass::text = ANY ($1)`,
      [tables.map(({ table }) => table)],
    );
    expect(keys.length).toBeGreaterThanOrEqual(4);
    for (const { name, pairs, target } of keys) {
      expect(pairs, name).toContain(`workspace_id -> ${target === "workspaces" ? "id" : "workspace_id"}`);
    }
  });

  it("I6 no task hangs on another workspace's project", async () => {
    const task = (projectId: string) =>
      database.db.write(ours.grant("task:write"), (all) =>
        all.task.create({
          data: {
            id: randomUUID(),
            workspaceId: ours.id,
            projectId,
            title: "Hung",
            status: "todo",
            createdBy: ours.userId,
          },
        }),
      );
    await expect(task(theirs.projectId)).rejects.toThrow("tasks_workspace_id_project_id_fkey");
    const { id } = await task(ours.projectId);
    await database.owner("DELETE FROM tasks WHERE id = $1", [id]);
    // Nor does the owner, whom no policy binds here.
    await expect(
      database.owner("UPDATE tasks SET project_id = $1 WHERE workspace_id = $2", [theirs.projectId, ours.id]),
    ).rejects.toThrow("tasks_workspace_id_project_id_fkey");
  });

  const VIEWS = `SELECT relname::text AS view FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND (relkind = 'm'
      OR (relkind = 'v' AND NOT coalesce(reloptions @> ARRAY['security_invoker=true'], false)))`;
  it("I8 a view reads with its reader's rights, and there is no stored copy of rows", async () => {
    expect(await database.owner(VIEWS)).toEqual([]);
    const own = await createTestDatabase();
    await own.owner("CREATE VIEW loose AS SELECT 1 AS one");
    await own.owner("CREATE VIEW bound WITH (security_invoker=true) AS SELECT 1 AS one");
    expect(await own.owner(VIEWS)).toEqual([{ view: "loose" }]);
    await own.drop();
  });

  it("the generated models and the tables with a workspace are the same", () => {
    const snake = (model: string) =>
      model.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
    expect([...tenantModels].map((model) => `${snake(model)}s`).toSorted()).toEqual(
      tables.map(({ table }) => table),
    );
  });
});
