import type { Command } from "commander";
import { print, type AddCommand } from "../../command.ts";
import { listOf } from "./change-keys.ts";

export const addShowKeys: AddCommand = (keys, host) =>
  void keys
    .command("show", { isDefault: true })
    .description("List the keys by their numbers (kid), and the key that signs.")
    .action(async (_options: unknown, command: Command) => {
      const { describeKeys, openKeyStore } = await import("@projostack/api/keys");
      const { line, file } = openKeyStore(host.io.env);
      const found = describeKeys(line);
      const place = file ?? "PROJO_TOKEN_KEYS";
      print(host, command, {
        text: `Keys in ${place}: ${listOf(found)}.\nTo replace the key that signs, run: projostack rotate-keys add`,
        data: { file, keys: found },
      });
    });
