export { createDirectory } from "./system/create-directory.ts";
export { EmbeddedPostgresError } from "./system/embedded-postgres-error.ts";
export { fileProblem } from "./system/file-problem.ts";
export {
  type ConnectionTarget,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from "./embedded-postgres.ts";
