import type { Command } from "commander";
import { isJson, type AddCommand } from "../command.ts";

export const addDoctor: AddCommand = (program, { io, settle }) =>
  void program
    .command("doctor")
    .description(
      "Check the environment without starting a server: the settings, each database login, Redis and the mail server. Exits with 1 if there is a problem.",
    )
    .action(async (_options: unknown, command: Command) => {
      const { inspectEnvironment, runDoctor } = await import("@projostack/api/doctor");
      const { output, exitCode } = await runDoctor({ json: isJson(command) }, () =>
        inspectEnvironment(io.env),
      );
      io.write(output);
      settle(exitCode);
    });
