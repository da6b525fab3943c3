import type { Command } from "commander";
import type { AddCommand } from "../../command.ts";
import { changeKeys, kidOf, OUT_OPTION, RESTART } from "./change-keys.ts";

export const addRemoveKey: AddCommand = (keys, host) =>
  void keys
    .command("remove")
    .description("Remove a key that does not sign. Its tokens are refused after the restart of the servers.")
    .argument("<kid>", "number of the key")
    .option(...OUT_OPTION)
    .action((text: string, _options: unknown, command: Command) =>
      changeKeys(host, command, (line, { removeKey }) => {
        const kid = kidOf(text);
        return { line: removeKey(line, kid), done: `Removed key ${kid}.`, next: [RESTART] };
      }),
    );
