// The variables of the database and of the keys.
import { databaseLayouts, durabilities } from "@projostack/db";
import { z } from "zod";
import { parseRedisUrl } from "../parse-redis-url.ts";
import { parsed, postgresUrl } from "./formats.ts";
import { choice, variable, wholeNumber } from "./variable.ts";

const NO_PLAIN_DATABASE = "TLS is required, except on loopback";

export const databaseVariables = {
  DATABASE_URL: variable({
    schema: postgresUrl.optional(),
    expected: "an address such as postgres://projo_server:password@host:5432/projo",
    values: "an [address](database-connections.md#addresses)",
    description:
      "a PostgreSQL 15 or newer, with a login that owns no objects: see [Database](database.md#your-own-postgresql)",
    example: "postgres://projo_server:password@host:5432/projo",
    unset: "the embedded PostgreSQL",
    production: NO_PLAIN_DATABASE,
    isSecret: true,
  }),
  PROJO_DATABASE_OWNER_URL: variable({
    schema: postgresUrl.optional(),
    expected: "an address such as postgres://owner:password@host:5432/projo",
    values: "an [address](database-connections.md#addresses)",
    description:
      "a login that owns the database; if it is set, the server migrates the database when it starts",
    example: "postgres://owner:password@host:5432/projo",
    unset: "none",
    production: "refused in a server; use it only to migrate",
    isSecret: true,
  }),
  PROJO_OPERATOR_DATABASE_URL: variable({
    schema: postgresUrl.optional(),
    expected: "an address such as postgres://projo_operations:password@host:5432/projo",
    values: "an [address](database-connections.md#addresses)",
    description:
      "the login of the operator's program, never of a server: see [The operator's login](operations.md#the-operators-login)",
    example: "postgres://projo_operations:password@host:5432/projo",
    unset: "none",
    production: "refused in a server",
    isSecret: true,
  }),
  PROJO_BACKUP_DATABASE_URL: variable({
    schema: postgresUrl.optional(),
    expected: "an address such as postgres://projo_dump:password@host:5432/projo",
    values: "an [address](database-connections.md#addresses)",
    description:
      "the login for backups, which reads every workspace: see [Back up and restore](operating/backup.md)",
    example: "postgres://projo_dump:password@host:5432/projo",
    unset: "none",
    production: "refused in a server",
    isSecret: true,
  }),
  PROJO_DATABASE_POOL: wholeNumber({
    min: 1,
    max: 500,
    fallback: 16,
    unit: "connections",
    description:
      "the maximum of open database connections, including those [reserved for quick reads](database.md#connections-and-waiting)",
  }),
  PROJO_DATABASE_REPLICA_URL: variable({
    schema: postgresUrl.optional(),
    expected: "an address such as postgres://projo_server:password@replica:5432/projo",
    values: "an [address](database-connections.md#addresses)",
    description:
      "a streaming standby of `DATABASE_URL` that may answer lists and searches: see [Read replica](operating/read-replica.md)",
    example: "postgres://projo_server:password@replica:5432/projo",
    unset: "the primary answers every read",
    production: NO_PLAIN_DATABASE,
    isSecret: true,
  }),
  PROJO_DATABASE_REPLICA_POOL: wholeNumber({
    min: 1,
    max: 500,
    fallback: 8,
    unit: "connections",
    description: "the maximum of open connections to the [read replica](operating/read-replica.md)",
  }),
  PROJO_DATABASE_REPLICA_MAX_LAG_MS: wholeNumber({
    min: 0,
    max: 2_000,
    fallback: 50,
    unit: "milliseconds",
    description:
      "the longest time that a read waits until the [read replica](operating/read-replica.md) has replayed the changes of the primary; then the primary answers",
  }),
  PROJO_DATABASE_POOLER: choice({
    options: ["none", "transaction"],
    fallback: "none",
    example: "transaction",
    description:
      "`transaction` if `DATABASE_URL` leads to a pooler in transaction mode: see [Connection poolers](#connection-poolers)",
  }),
  PROJO_DATABASE_LAYOUT: choice({
    options: databaseLayouts,
    fallback: "single",
    example: "citus",
    description: "`citus` if the tables of `DATABASE_URL` are distributed: see [Citus](operating/citus.md)",
  }),
  PROJO_DATABASE_DURABILITY: choice({
    options: durabilities,
    fallback: "postgres",
    example: "storage",
    description:
      "`storage` if PostgreSQL's storage is a service that keeps committed writes itself, so that `fsync` and `full_page_writes` may be off: see [Durability](database-connections.md#durability)",
  }),
  PROJO_TOKEN_KEYS: variable({
    schema: z.string().min(1).optional(),
    expected: "one or more kid:key pairs, separated by commas (docs/configuration.md)",
    values: "`kid:key` pairs separated by commas, or `auto`",
    description: "the secret server keys, the same in all servers: see [Keys](#keys)",
    example: "1:<key>",
    unset: "created once, in the file `token-keys` in the data directory",
    production: "required; `auto` and weak keys are refused",
    isSecret: true,
  }),
  REDIS_URL: variable({
    schema: parsed(parseRedisUrl).optional(),
    expected:
      "an address such as rediss://:password@host:6379/0, which is encrypted; redis:// is for this machine, or ends in ?tls=off for a network that you trust",
    values: "a `rediss://` or `redis://` address",
    description: "the Redis in which all servers count [limits](#limits) together",
    example: "rediss://:password@host:6379/0",
    unset: "each server counts alone",
    production: "required for several servers; TLS is required, except on loopback",
    isSecret: true,
  }),
};
