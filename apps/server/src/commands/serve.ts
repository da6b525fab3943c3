import type { Command } from "commander";
import { isJson, type AddCommand } from "../command.ts";

export const addServe: AddCommand = (program, { io }) =>
  void program
    .command("serve")
    .description(
      "Start the server. It serves until SIGTERM, SIGINT or SIGHUP, and exits with 0 after an orderly stop.",
    )
    .action(async (_options: unknown, command: Command) => {
      const { serve } = await import("@projostack/api/serve");
      await serve({ env: io.env, version: io.version, json: isJson(command) });
    });
