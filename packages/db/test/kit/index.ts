// The test kit of this package and of the packages that depend on it. Each test database is a copy of a migrated template.
export { insertRows, type Row } from "./insert-rows.ts";
export { modelTables } from "./model-tables.ts";
export { workspaceRows, type NewWorkspace } from "./workspace-rows.ts";
export { workspaceState } from "./workspace-state.ts";
export { layFaultyNetwork, type FaultyNetwork, type NetworkState } from "../../src/testing/faulty-network.ts";
export {
  passwordOf,
  runMigrate,
  setUp,
  startGivenPostgres,
  type GivenPostgres,
  type SetupEnvironment,
  type SetupResult,
} from "./given-postgres.ts";
export { hasPostgres15 } from "./postgres-15.ts";
export { type ReplicatedPostgres, startReplicatedPostgres } from "./replicated-postgres.ts";
export { startOwnPostgres, type OwnPostgres } from "./own-postgres.ts";
export { hasPgBouncer, noPgBouncer, startPgBouncer, type PgBouncer } from "./pgbouncer.ts";
export { bySuite, isFullSuite, LONG_TEST_MS, ROUNDS } from "./suite-length.ts";
export { createEmptyDatabase, type EmptyDatabase } from "./empty-database.ts";
export { untilWaiting, whileLocked, type HeldLock, type Lock } from "./held-lock.ts";
export { newestIn } from "./newest-in.ts";
export { createTestDatabase, type TestDatabase } from "./test-database.ts";
export type { TestCluster } from "./test-cluster.ts";
export { hasOpenssl, noOpenssl, startTlsPostgres, type TlsPostgres } from "./tls-postgres.ts";
