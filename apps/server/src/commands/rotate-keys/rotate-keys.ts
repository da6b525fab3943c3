import type { AddCommand } from "../../command.ts";
import { examples } from "../../command.ts";
import { addAddKey } from "./add.ts";
import { addRemoveKey } from "./remove.ts";
import { addShowKeys } from "./show.ts";
import { addUseKey } from "./use.ts";

export const addRotateKeys: AddCommand = (program, host) => {
  const keys = program
    .command("rotate-keys")
    .description(
      "Replace the keys that sign tokens, in steps that keep all tokens valid. Changes the file in PROJO_TOKEN_KEYS_FILE, or the one that the server made. Prints no key.",
    )
    .addHelpText(
      "after",
      examples([
        "projostack rotate-keys add       # then restart every server",
        "projostack rotate-keys use 2     # then restart every server",
        "projostack rotate-keys remove 1  # after 30 days, then restart every server",
      ]),
    );
  for (const add of [addShowKeys, addAddKey, addUseKey, addRemoveKey]) add(keys, host);
};
