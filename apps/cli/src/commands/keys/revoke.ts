import type { Command } from "commander";
import { CliError } from "../../cli-error.ts";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findKey } from "../../names/find-key.ts";
import { sanitize } from "../../terminal/sanitize.ts";
import { askConfirmation } from "../../terminal/prompts.ts";

export function addRevokeKey(keys: Command, start: Start): void {
  keys
    .command("revoke")
    .description("Revoke a service key immediately and permanently.")
    .argument("<id-or-name>")
    .option("--yes", "do not ask for confirmation")
    .addHelpText("after", examples(["projo keys revoke deploy", "projo keys revoke deploy --yes"]))
    .action(async (idOrName: string, options: { yes?: boolean }, command: Command) => {
      const cli = start(command);
      const workspace = await (await cli.server()).workspace();
      const { id, name } = await findKey(workspace, idOrName);
      const agreed =
        options.yes ||
        (await askConfirmation(cli.io, {
          message: `Revoke the service key ${sanitize(name)}? Programs that use it lose access immediately.`,
          nonInteractiveHint: `There is no terminal to ask for confirmation. To revoke the service key ${name}, add --yes`,
        }));
      if (!agreed)
        throw new CliError(
          "cli.not_confirmed",
          "Nothing was revoked. To confirm without a prompt, add --yes.",
        );
      const revoked = await workspace.serviceKeys.revoke({ id });
      if (cli.json) cli.value(revoked);
      else cli.message(`Revoked the service key ${name}: it no longer works.`);
    });
}
