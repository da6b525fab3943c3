// Failures of a PostgreSQL or a pooler that knows the login: its state, its mode and the rights of the login.
import type { ConnectionProblem } from "./connection-problem-row.ts";

export const serverStateProblems: readonly ConnectionProblem[] = [
  {
    cause: "the pooler has no connection left",
    text: /no more connections allowed|query_wait_timeout|max_client_conn|MaxClientsInSessionMode/,
    says: "the pooler has no connection left",
    next: "Raise its limits (max_client_conn, default_pool_size), or lower PROJO_DATABASE_POOL.",
  },
  {
    cause: "too many connections",
    codes: ["53300"],
    says: "PostgreSQL has no connection left for this login",
    next: "Raise max_connections there, end other programs' connections, or lower PROJO_DATABASE_POOL.",
  },
  {
    cause: "the database accepts no connections",
    codes: ["55000", "57P04"],
    says: "the database accepts no connections",
    next: "Correct the name of the database, or allow connections to it.",
  },
  {
    cause: "PostgreSQL is starting, stopping or recovering",
    codes: ["57P01", "57P02", "57P03", "57P05"],
    says: "PostgreSQL is not ready",
    next: "Wait a moment, then start the server again; if it stays, see PostgreSQL's log.",
  },
  {
    cause: "the disk of PostgreSQL is full",
    codes: ["53100"],
    says: "the disk of PostgreSQL is full",
    next: "Free space on its machine.",
  },
  {
    cause: "PostgreSQL has a fault",
    codes: ["53200", "53000", "58000", "58030", "XX001", "XX002"],
    says: "PostgreSQL reports a fault of its machine",
    next: "See PostgreSQL's log.",
  },
  {
    cause: "a read-only replica",
    codes: ["25006"],
    says: "the database accepts no writes",
    next: "Name the primary, or an address that follows it.",
  },
  {
    cause: "a pooler is not configured",
    codes: ["08P01"],
    text: /^unsupported startup parameter/,
    says: "a pooler answers there",
    next: "Set PROJO_DATABASE_POOLER=transaction (docs/configuration.md).",
    isComplete: true,
  },
  {
    cause: "a pooler in statement mode",
    text: /statement pooling mode/,
    says: "a pooler in statement mode answers there, which allows no transactions",
    next: "Set pool_mode = transaction in the pooler.",
  },
  {
    cause: "a pooler in transaction mode is not configured",
    codes: ["26000", "42P05"],
    says: "a pooler in transaction mode answers there",
    next: "Set PROJO_DATABASE_POOLER=transaction (docs/configuration.md).",
  },
  {
    cause: "PostgreSQL may lose acknowledged writes, and PROJO_ENV is production",
    codes: ["UNSAFE_SETTINGS"],
    text: /(?:synchronous_commit|fsync|full_page_writes) is /,
    says: "PostgreSQL could lose acknowledged writes in a crash",
    next: "Correct these settings where they are set: in the address, for the login, for the database, or in PostgreSQL itself (docs/database-connections.md#durability).",
  },
  {
    cause: "a pooler drops the server's settings, or the login has other ones",
    codes: ["UNSAFE_SETTINGS"],
    next: "If a pooler is there, set PROJO_DATABASE_POOLER=transaction; otherwise reset these settings: ALTER ROLE ... RESET ALL (docs/database-connections.md#settings).",
  },
  {
    cause: "the pooler cannot reach PostgreSQL",
    codes: ["08P01"],
    says: "the pooler there cannot connect to PostgreSQL",
    next: "See the pooler's log.",
  },
  {
    cause: "the owner may not create roles",
    codes: ["42501"],
    text: /create role|CREATEROLE|admin option|grant role|alter role/i,
    says: "the login may not create or grant the roles",
    next: "Give it CREATEROLE, or let an administrator create the roles (docs/database.md#an-owner-without-createrole).",
  },
  {
    cause: "the owner may not create tables",
    codes: ["42501"],
    text: /permission denied for schema|must be owner of/,
    says: "the login may not create or change the tables",
    next: "Name the owner of the database, or make this login the owner: ALTER DATABASE ... OWNER TO ... .",
  },
  {
    cause: "the login lacks a right",
    codes: ["42501"],
    says: "the login lacks a right",
    next: "Run `projostack migrate`, which grants it (docs/database.md).",
  },
  {
    cause: "the database is older than this build",
    codes: ["42P01", "42703", "42883", "P2021", "P2022"],
    says: "the database lacks a table or column of this build",
    next: "Run `projostack migrate` (docs/database.md#migrations).",
  },
  {
    cause: "PostgreSQL is too old",
    text: /unsupported frontend protocol|unrecognized configuration parameter/,
    says: "the server there does not know what PostgreSQL 15 knows",
    next: "Upgrade it, or name another server.",
  },
];
