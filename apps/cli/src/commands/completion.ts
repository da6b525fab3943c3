import { Argument, type Command } from "commander";
import type { Start } from "../cli.ts";
import { shells } from "../completion/shells/shells.ts";
import { examples } from "../examples.ts";

export function addCompletion(completion: Command, start: Start): void {
  completion
    .addArgument(new Argument("<shell>", "your shell").choices(Object.keys(shells)))
    .addHelpText(
      "after",
      `\nTo install it, run once, then open a new terminal:\n${Object.entries(shells)
        .map(([name, { install }]) => `  ${name}:\n${install.replaceAll(/^/gm, "    ")}`)
        .join("\n")}`,
    )
    .addHelpText("after", examples(["source <(projo completion bash)", "projo tasks list --project W<Tab>"]))
    .action((shell: string, _options: unknown, command: Command) => {
      const { io } = start(command);
      io.stdout.write(`${shells[shell]?.script ?? ""}\n`);
    });
}
