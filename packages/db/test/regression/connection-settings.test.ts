/* oxlint-disable unicorn/consistent-function-scoping -- helpers stand beside their tests */
// The settings that the server relies on are in effect on every connection, or the connection is refused before its first
// statement: whatever the address, the login, the database or a pooler says.
import type pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import {
  checkServerOf,
  createDb,
  DatabaseDown,
  openPool,
  readPostgresAddress,
  UnsafeSettings,
  type ServerPool,
} from "../../src/index.ts";
import {
  createTestDatabase,
  hasPgBouncer,
  noPgBouncer,
  startPgBouncer,
  type TestDatabase,
} from "../kit/index.ts";

let database: TestDatabase;
let login: string;
beforeAll(async () => {
  database = await createTestDatabase();
  login = inject("cluster").server.user;
});
afterAll(() => database.drop());
afterEach(() => database.owner(`ALTER ROLE ${login} IN DATABASE ${database.name} RESET ALL`));

const addressWith = (parameters: string): string => {
  const url = new URL(database.url);
  return `${url.href}${url.search === "" ? "?" : "&"}${parameters}`;
};
const setForLogin = (setting: string) =>
  database.owner(`ALTER ROLE ${login} IN DATABASE ${database.name} SET ${setting}`);

const setForDatabase = (setting: string) => database.owner(`ALTER DATABASE ${database.name} SET ${setting}`);

async function withPool<T>(pool: ServerPool, work: (pool: ServerPool) => Promise<T>): Promise<T> {
  try {
    return await work(pool);
  } finally {
    await Promise.all([pool.end(), pool.shared?.end()]);
  }
}

const SHOWN = `
  SELECT current_setting('timezone') AS timezone, current_setting('statement_timeout') AS statement,
         current_setting('lock_timeout') AS lock, current_setting('idle_in_transaction_session_timeout') AS idle,
         current_setting('client_encoding') AS encoding, current_setting('datestyle') AS datestyle,
         current_setting('search_path') AS path, current_setting('default_transaction_isolation') AS isolation,
         current_setting('geqo') AS geqo, current_setting('application_name') AS program`;
const settings = {
  timezone: "UTC",
  statement: "5s",
  lock: "2s",
  idle: "15s",
  encoding: "UTF8",
  datestyle: "ISO, MDY",
  path: "public",
  isolation: "read committed",
  geqo: "off",
  program: "projostack/x",
};

describe("a connection of the server", () => {
  it("the connection has the options of the address and the server's own settings", async () => {
    const { target } = readPostgresAddress(addressWith("options=-c%20geqo%3Doff&application_name=x"));
    await withPool(openPool({ target, max: 4 }), async (pool) => {
      expect((await pool.query(SHOWN)).rows).toEqual([settings]);
      const shared = { ...settings, statement: "2s", lock: "50ms" };
      expect((await pool.shared?.query(SHOWN))?.rows).toEqual([shared]);
    });
  });

  it("the connection has the server's settings when the login or the database has others", async () => {
    for (const other of [
      "timezone = 'Asia/Tokyo'",
      "statement_timeout = 0",
      "client_encoding = 'LATIN1'",
      "datestyle = 'German'",
      "search_path = 'elsewhere'",
      "default_transaction_isolation = 'serializable'",
      "geqo = off",
    ]) {
      await setForLogin(other);
    }
    const { target } = readPostgresAddress(addressWith("application_name=x"));
    await withPool(openPool({ target, max: 1 }), async (pool) => {
      expect((await pool.query(SHOWN)).rows).toEqual([settings]);
    });
  });

  it("the server refuses the connection before its first statement when other options replace the server's", async () => {
    // pg itself lets the parameters of a connection string replace all options.
    const connectionString = addressWith("options=-c%20geqo%3Doff");
    await database.owner("CREATE SEQUENCE IF NOT EXISTS calls; GRANT USAGE ON SEQUENCE calls TO PUBLIC");
    await withPool(openPool({ target: { connectionString }, max: 4 }), async (pool) => {
      const statements = Array.from({ length: 4 }, () => pool.query("SELECT nextval('calls')"));
      for (const result of await Promise.allSettled([
        ...statements,
        pool.shared?.query("SELECT nextval('calls')"),
      ])) {
        expect(result).toMatchObject({ status: "rejected", reason: expect.any(UnsafeSettings) });
      }
      await expect(pool.query("SELECT 1")).rejects.toThrow(
        /^A connection lacks settings that the server relies on: .*lock_timeout is 0 instead of 2s/,
      );
      await expect(pool.query("SELECT 1")).rejects.toThrow("statement_timeout is 0 instead of 5s");
    });
    expect(await database.owner("SELECT is_called FROM calls")).toEqual([{ is_called: false }]);
  });

  it.each([
    ["disables triggers", "session_replication_role = 'replica'"],
    ["enters a workspace", "app.workspace_id = '018f0000-0000-7000-8000-000000000000'"],
    ["enters a user", "app.user_id = '018f0000-0000-7000-8000-000000000000'"],
  ])("is refused when a setting of the login %s", async (_, setting) => {
    await setForLogin(setting);
    const { target } = readPostgresAddress(database.url);
    await withPool(openPool({ target, max: 1 }), async (pool) => {
      await expect(pool.query("SELECT 1")).rejects.toThrow(`${setting.split(" ")[0]} is `);
    });
    const db = createDb({ pool: openPool({ target, max: 4 }) });
    await expect(db.system.user.count()).rejects.toMatchObject({
      constructor: DatabaseDown,
      condition: { severity: "down", name: "unsafe_settings" },
    });
    await db.close();
  });
});

describe("F1 a connection with settings that let a crash lose acknowledged writes", () => {
  const connect = (durability: "postgres" | "storage" | null, parameters = "") => {
    const { target } = readPostgresAddress(
      parameters === "" ? database.url : addressWith(`options=${encodeURIComponent(parameters)}`),
    );
    return withPool(openPool({ target, max: 4, durability }), async (pool) => {
      await Promise.all([pool.query("SELECT 1"), pool.shared?.query("SELECT 1")]);
    });
  };

  it("production refuses it when the login, the database, the address or PostgreSQL itself has them", async () => {
    const off = "synchronous_commit is off instead of on or local or remote_write or remote_apply";
    // The cluster of the tests runs without durability.
    await expect(connect("postgres")).rejects.toThrow(
      `${off}, fsync is off instead of on, full_page_writes is off instead of on`,
    );
    await expect(connect("postgres")).rejects.toBeInstanceOf(UnsafeSettings);
    await setForDatabase("synchronous_commit = on");
    await expect(connect("storage", "-c synchronous_commit=off")).rejects.toThrow(off);
    await setForLogin("synchronous_commit = off");
    await expect(connect("storage")).rejects.toThrow(off);
    await database.owner(`ALTER ROLE ${login} IN DATABASE ${database.name} RESET ALL`);
    await setForDatabase("synchronous_commit = off");
    await expect(connect("storage")).rejects.toThrow(off);
    await expect(connect(null)).resolves.toBeUndefined();
  });

  it("production accepts every value that waits for the write-ahead log", async () => {
    for (const value of ["on", "local", "remote_write", "remote_apply"]) {
      await expect(connect("storage", `-c synchronous_commit=${value}`), value).resolves.toBeUndefined();
    }
  });
});

it.runIf(process.env["CI"])("the machine has a pgbouncer", () =>
  expect(hasPgBouncer, noPgBouncer).toBe(true),
);

describe.skipIf(!hasPgBouncer)(`behind PgBouncer${hasPgBouncer ? "" : ` (${noPgBouncer})`}`, () => {
  async function throughPooler<T>(
    options: Parameters<typeof startPgBouncer>[0],
    pooled: boolean,
    work: (pool: pg.Pool) => Promise<T>,
  ): Promise<T> {
    const bouncer = await startPgBouncer(options);
    try {
      const { target } = readPostgresAddress(bouncer.urlOf(database.name));
      return await withPool(openPool({ target, max: 1, pooled }), work);
    } finally {
      await bouncer.close();
    }
  }

  it("a connection is refused when the pooler drops the startup options", async () => {
    for (const mode of ["session", "transaction"] as const) {
      const options = { size: 2, mode, settings: "ignore_startup_parameters = options" };
      await throughPooler(options, false, async (pool) => {
        await expect(pool.query("SELECT 1"), mode).rejects.toThrow("statement_timeout is 0 instead of 5s");
      });
    }
  });

  it("a connection is refused when the login has another isolation level, which a transaction cannot set", async () => {
    await throughPooler({ size: 2 }, true, async (pool) => {
      expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    });
    await setForLogin("default_transaction_isolation = 'serializable'");
    await throughPooler({ size: 2 }, true, async (pool) => {
      await expect(pool.query("SELECT 1")).rejects.toThrow("default_transaction_isolation is serializable");
    });
  });

  it("a pooler in statement mode is refused", async () => {
    await throughPooler({ size: 2, mode: "statement" }, true, async (pool) => {
      await expect(checkServerOf(pool)).rejects.toThrow(/statement pooling mode/);
    });
  });
});
