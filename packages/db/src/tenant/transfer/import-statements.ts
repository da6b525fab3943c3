import type { Statements } from "../../scope/statements.ts";
import { finishImportStatements, type FinishImportStatements } from "./finish-import.ts";
import { importRowsStatements, type ImportRowsStatements } from "./import-rows.ts";
import { importStateStatements, type ImportStateStatements } from "./import-state.ts";

/** Imports rows that another server exported. All statements require a transaction with `lockMembers`. */
export interface ImportStatements
  extends ImportStateStatements, ImportRowsStatements, FinishImportStatements {}

export const importStatements = (sql: Statements): ImportStatements => ({
  ...importStateStatements(sql),
  ...importRowsStatements(sql),
  ...finishImportStatements(sql),
});
