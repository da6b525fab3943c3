import type { Command } from "commander";
import type { AddCommand } from "../../command.ts";
import { changeKeys, kidOf, OUT_OPTION, stepsUntilRemoval } from "./change-keys.ts";

export const addUseKey: AddCommand = (keys, host) =>
  void keys
    .command("use")
    .description("Let a key sign new tokens. Every server must know it already.")
    .argument("<kid>", "number of the key")
    .option(...OUT_OPTION)
    .action((text: string, _options: unknown, command: Command) =>
      changeKeys(host, command, (line, { describeKeys, useKey }) => {
        const kid = kidOf(text);
        const others = describeKeys(line)
          .map((key) => key.kid)
          .filter((each) => each !== kid);
        return { line: useKey(line, kid), done: `Key ${kid} signs.`, next: stepsUntilRemoval(others) };
      }),
    );
