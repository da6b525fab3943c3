import type { Command } from "commander";
import { forward } from "../forward.ts";
import type { AddCommand } from "../command.ts";

interface MigrateOptions {
  readonly plan?: boolean;
  readonly lockWaitSeconds?: string;
}

const waitOf = (seconds: string | undefined): string[] =>
  seconds === undefined ? [] : ["--lock-wait-seconds", seconds];

export const addMigrate: AddCommand = (program, host) =>
  void program
    .command("migrate")
    .description(
      "Apply the migrations of this build, and prepare the logins of the server and of operators. Reads PROJO_DATABASE_OWNER_URL, DATABASE_URL and PROJO_OPERATOR_DATABASE_URL.",
    )
    .option("--plan", "print the pending migrations with their locks, and change nothing")
    .option("--lock-wait-seconds <number>", "the time in which a migration tries to get its locks")
    .action(async ({ plan = false, lockWaitSeconds }: MigrateOptions, command: Command) => {
      const { runMigrate } = await import("@projostack/db");
      await forward(host, command, ({ args, ...io }) =>
        runMigrate([...args, ...(plan ? ["--plan"] : []), ...waitOf(lockWaitSeconds)], io),
      );
    });
