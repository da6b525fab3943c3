/* oxlint-disable no-underscore-dangle -- the names are the generated bindings' */
// Compares migrations with a schema by Prisma's schema engine as WebAssembly, which needs no native download. The engine
// replays the migrations in a temporary database. Its generated types are loose, hence the casts.
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlQuery,
  type SqlMigrationAwareDriverAdapterFactory,
} from "@prisma/driver-adapter-utils";
import { PrismaPg } from "@prisma/adapter-pg";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import pg from "pg";
import { inject } from "vitest";
import { withOwner } from "../../src/index.ts";
import type { Migration } from "../../src/migrations/read-migrations.ts";

// The object ids of the catalogue's one-letter type "char" and of text.
const LETTER = 18;
const TEXT = 25;

interface Engine {
  diff(input: object): Promise<{ exitCode: number; stdout: string | null }>;
}
/** The WebAssembly API, which Node's types leave out. */
interface Assembly {
  compile(bytes: Uint8Array): Promise<unknown>;
  instantiate(module: unknown, imports: object): Promise<{ exports: { __wbindgen_start(): void } }>;
}
interface Bindings {
  __wbg_set_wasm(exports: unknown): void;
  SchemaEngine: { new: (options: object, log: () => void, adapter: unknown) => Promise<Engine> };
}

/** @returns the SQL that changes the migrated database into the schema. It is empty when they agree. */
export async function differenceOf(migrations: readonly Migration[], schema: string): Promise<string> {
  const { SchemaEngine } = await loadBindings();
  const files = [{ path: "schema.prisma", content: schema }];
  const adapter = bindMigrationAwareSqlAdapterFactory(onThrowAwayDatabases());
  const engine = await SchemaEngine.new({ datamodels: [["schema.prisma", schema]] }, () => {}, adapter);
  const { exitCode, stdout } = await engine.diff({
    from: {
      tag: "migrations",
      baseDir: "migrations",
      lockfile: { path: "migration_lock.toml", content: 'provider = "postgresql"' },
      shadowDbInitScript: "",
      migrationDirectories: migrations.map(({ name, sql }) => ({
        path: name,
        migrationFile: { path: "migration.sql", content: { tag: "ok", value: sql } },
      })),
    },
    to: { tag: "schemaDatamodel", files },
    script: true,
    exitCode: true,
    filters: { externalTables: [], externalEnums: [] },
  });
  return exitCode === 0 ? "" : (stdout ?? "They differ.");
}

let loaded: Promise<Bindings> | undefined;
function loadBindings(): Promise<Bindings> {
  loaded ??= (async () => {
    const bindings = (await import("@prisma/schema-engine-wasm/schema_engine_bg")) as unknown as Bindings;
    const script = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg");
    const { WebAssembly } = globalThis as unknown as { WebAssembly: Assembly };
    const module = await WebAssembly.compile(await readFile(script.replace(/\.js$/, ".wasm")));
    const { exports } = await WebAssembly.instantiate(module, { "./schema_engine_bg.js": bindings });
    bindings.__wbg_set_wasm(exports);
    exports.__wbindgen_start();
    return bindings;
  })();
  return loaded;
}

function onThrowAwayDatabases(): SqlMigrationAwareDriverAdapterFactory {
  const { owner } = inject("cluster");
  const admin = (text: string) =>
    withOwner({ ...owner, database: "postgres" }, (client) => client.query(text));
  const connectTo = async (database: string, disposed: () => Promise<unknown>) => {
    const pool = new pg.Pool({ ...owner, database, max: 1, options: "-c timezone=UTC" });
    pool.on("error", () => {});
    // The adapter does not know the catalogue's one-letter type "char". It gets text, and the engine gets the real type.
    const letters = new WeakMap<unknown[], number[]>();
    const known = {
      query: async (query: pg.QueryConfig) => {
        const { fields, rows, rowCount } = await pool.query<unknown[]>(query);
        letters.set(
          rows,
          fields.flatMap((field, place) => (field.dataTypeID === LETTER ? place : [])),
        );
        const shown = fields.map((field) =>
          field.dataTypeID === LETTER ? { ...field, dataTypeID: TEXT } : field,
        );
        return { fields: shown, rows, rowCount };
      },
    };
    const adapter = await new PrismaPg(
      Object.assign(new pg.Pool(), known as unknown as Pick<pg.Pool, "query">),
    ).connect();
    const queryRaw = adapter.queryRaw.bind(adapter);
    return Object.assign(adapter, {
      queryRaw: async (query: SqlQuery) => {
        const result = await queryRaw(query);
        for (const place of letters.get(result.rows) ?? []) {
          result.columnTypes[place] = ColumnTypeEnum.Character;
        }
        return result;
      },
      // The script is sent as one message, because the adapter splits it at each semicolon, also within a function.
      executeScript: async (script: string) => {
        await pool.query(script);
      },
      dispose: async () => {
        await pool.end();
        await disposed();
      },
    }) satisfies SqlDriverAdapter;
  };
  return {
    provider: "postgres",
    adapterName: "throw-away",
    connect: () => connectTo("postgres", () => Promise.resolve()),
    connectToShadowDb: async () => {
      const name = `projo_test_shadow_${randomBytes(6).toString("hex")}`;
      await admin(`CREATE DATABASE ${name}`);
      return connectTo(name, () => admin(`DROP DATABASE ${name} WITH (FORCE)`));
    },
  };
}
