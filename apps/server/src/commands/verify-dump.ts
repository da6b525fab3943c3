import type { Command } from "commander";
import type { AddCommand } from "../command.ts";
import { forward } from "../forward.ts";

export const addVerifyDump: AddCommand = (program, host) =>
  void program
    .command("verify-dump")
    .description("Check that a dump of pg_dump contains every row. It needs no database.")
    .argument("<path>", "the file or the directory of the dump")
    .action(async (_path: string, _options: unknown, command: Command) => {
      const { verifyDumpCommand } = await import("@projostack/db");
      await forward(host, command, verifyDumpCommand);
    });
