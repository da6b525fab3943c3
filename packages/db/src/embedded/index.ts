export { EmbeddedPostgresError } from "./system/embedded-postgres-error.ts";
export {
  type ConnectionTarget,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from "./embedded-postgres.ts";
