/** The database's migrations contradict those of this build, the database is not ours, or a migration failed. */
export class MigrationError extends Error {
  override readonly name: string = "MigrationError";
}
