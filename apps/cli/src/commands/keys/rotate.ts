import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findKey } from "../../names/find-key.ts";
import { daysOption, overlapOption } from "./options.ts";
import { printKeyWithToken } from "./print-key.ts";

interface RotateOptions {
  overlapHours?: number;
  days?: number;
}

export function addRotateKey(keys: Command, start: Start): void {
  keys
    .command("rotate")
    .description(
      "Create a new token for a service key and print it. The newest token works until the overlap ends. You can repeat the command: it ends no token before its announced end.",
    )
    .argument("<id-or-name>")
    .addOption(overlapOption())
    .addOption(daysOption("as before"))
    .addHelpText(
      "after",
      examples(["projo keys rotate deploy > token.txt", "projo keys rotate deploy --overlap-hours 0"]),
    )
    .action(async (idOrName: string, { overlapHours, days }: RotateOptions, command: Command) => {
      const cli = start(command);
      const workspace = await (await cli.server()).workspace();
      const { id } = await findKey(workspace, idOrName);
      const key = await workspace.serviceKeys.rotate({ id, overlapHours, expiresInDays: days });
      printKeyWithToken(cli, key, `Rotated the service key ${key.name}.`);
    });
}
