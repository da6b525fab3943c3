import type { Command } from "commander";
import type { Cli, Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { askPassword } from "../../terminal/prompts.ts";
import { readTwoSecrets } from "../../terminal/read-stdin.ts";
import { askNewPassword } from "./new-password.ts";

export function addChangePassword(password: Command, start: Start): void {
  password
    .command("change")
    .description("Change your password. Your other sessions end; this one stays.")
    .option("--password-stdin", "read the current password and the new one from standard input, a line each")
    .addHelpText(
      "after",
      examples(["projo password change", "projo password change --password-stdin < passwords.txt"]),
    )
    .action(async (options: { passwordStdin?: boolean }, command: Command) => {
      const cli = start(command);
      const client = (await cli.server()).person();
      const [currentPassword, newPassword] = await readPasswords(cli, options.passwordStdin === true);
      await client.password.change({ currentPassword, newPassword });
      if (cli.json) cli.value({});
      else cli.say("Changed your password. Your other sessions have ended.");
    });
}

async function readPasswords({ io }: Cli, piped: boolean): Promise<[string, string]> {
  if (piped) return readTwoSecrets(io, "--password-stdin", ["current password", "new password"]);
  const instead = "Nobody is here to type a password. Pipe both in, a line each, with --password-stdin.";
  const current = await askPassword(io, { message: "Current password", instead });
  return [current, await askNewPassword(io, instead)];
}
