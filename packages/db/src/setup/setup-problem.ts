import { MigrationError } from "../migrations/migration-error.ts";

/**
 * The database cannot be set up with this login. The message is one line: the variable, the cause, what the database said and
 * the next step.
 */
export class SetupProblem extends MigrationError {
  override readonly name = "SetupProblem";
  /** Statements for an administrator of the database, which can be run more than once; null if none would help. */
  readonly sql: string | null;

  constructor(message: string, { sql }: { readonly sql?: string } = {}) {
    super(message);
    this.sql = sql ?? null;
  }
}
