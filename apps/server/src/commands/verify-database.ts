import type { Command } from "commander";
import type { AddCommand } from "../command.ts";
import { forward } from "../forward.ts";

export const addVerifyDatabase: AddCommand = (program, host) =>
  void program
    .command("verify-database")
    .description(
      "Count the rows of every table, and verify every audit log. Reads PROJO_BACKUP_DATABASE_URL.",
    )
    .action(async (_options: unknown, command: Command) => {
      const { verifyDatabaseCommand } = await import("@projostack/db");
      await forward(host, command, verifyDatabaseCommand);
    });
