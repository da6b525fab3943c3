import type { Command } from "commander";
import type { AddCommand } from "../../command.ts";
import { changeKeys, OUT_OPTION, RESTART, stepsUntilRemoval } from "./change-keys.ts";

export const addAddKey: AddCommand = (keys, host) =>
  void keys
    .command("add")
    .description("Add a new key, which verifies tokens and does not sign yet.")
    .option("--first", "let the new key sign at once: for a deployment with one server")
    .option(...OUT_OPTION)
    .action(({ first = false }: { first?: boolean }, command: Command) =>
      changeKeys(host, command, (line, { addKey, describeKeys, systemRandomness }) => {
        const added = addKey(line, { randomBytes: (size) => systemRandomness.bytes(size), isFirst: first });
        const others = describeKeys(line).map(({ kid }) => kid);
        const next = first
          ? stepsUntilRemoval(others)
          : [RESTART, `When every server runs with both keys, run: projostack rotate-keys use ${added.kid}`];
        return { line: added.line, done: `Added key ${added.kid}.`, next };
      }),
    );
