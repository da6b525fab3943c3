import type { Command } from "commander";
import type { Cli, Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { askPassword } from "../../terminal/prompts.ts";
import { readTwoSecrets } from "../../terminal/read-stdin.ts";
import { askNewPassword } from "./new-password.ts";

export function addChangePassword(password: Command, start: Start): void {
  password
    .command("change")
    .description("Change your password. All your other sessions end.")
    .option(
      "--password-stdin",
      "read the current and the new password from standard input, each on its own line",
    )
    .addHelpText(
      "after",
      examples(["projo password change", "projo password change --password-stdin < passwords.txt"]),
    )
    .action(async (options: { passwordStdin?: boolean }, command: Command) => {
      const cli = start(command);
      const client = (await cli.server()).requireUser();
      const [currentPassword, newPassword] = await readPasswords(cli, options.passwordStdin === true);
      await client.password.change({ currentPassword, newPassword });
      if (cli.json) cli.value({});
      else cli.message("Changed your password. All your other sessions have ended.");
    });
}

async function readPasswords({ io }: Cli, piped: boolean): Promise<[string, string]> {
  if (piped) return readTwoSecrets(io, "--password-stdin", ["current password", "new password"]);
  const nonInteractiveHint =
    "There is no terminal to ask for the passwords. Pipe both in with --password-stdin, each on its own line.";
  const current = await askPassword(io, { message: "Current password", nonInteractiveHint });
  return [current, await askNewPassword(io, nonInteractiveHint)];
}
