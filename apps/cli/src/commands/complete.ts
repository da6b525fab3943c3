import type { Command } from "commander";
import type { Start } from "../cli.ts";

/** The command that the scripts of `projo completion` run. It is not in the help. */
export function addComplete(command: Command, start: Start): void {
  command
    .argument("<shell>")
    .argument("[words...]")
    .action(async (shell: string, words: string[], _options: unknown, self: Command) => {
      const { complete } = await import("../completion/complete.ts");
      const { io } = start(self);
      await complete(io, shell, words);
      // A request that the time limit ended can leave a lock or a connection behind, for which the shell does not wait.
      if (io.stdout === process.stdout) setTimeout(() => process.exit(0), 50).unref();
    });
}
