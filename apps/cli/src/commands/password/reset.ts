import type { Command } from "commander";
import type { Cli, Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { askPassword } from "../../terminal/prompts.ts";
import { readTwoSecrets } from "../../terminal/read-stdin.ts";
import { hasMailedToken, mailedToken } from "../mailed-token.ts";
import { askNewPassword } from "./new-password.ts";

export function addResetPassword(password: Command, start: Start): void {
  password
    .command("reset")
    .description("Set a new password with the token from the mail. All your sessions end.")
    .option("--stdin", "read the token and the new password from standard input, each on its own line")
    .addHelpText("after", examples(["projo password reset", "projo password reset --stdin < reset.txt"]))
    .action(async (options: { stdin?: boolean }, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      const [text, newPassword] = await readReset(cli, options.stdin === true);
      await server.anonymous.password.reset({ token: mailedToken(text, "reset"), newPassword });
      if (cli.json) cli.value({});
      else cli.message("The new password is set. All your sessions have ended. Run: projo login");
    });
}

async function readReset({ io }: Cli, piped: boolean): Promise<[string, string]> {
  if (piped) return readTwoSecrets(io, "--stdin", ["token", "new password"], hasMailedToken);
  const nonInteractiveHint =
    "There is no terminal to ask for the token. Pipe in the token and the new password with --stdin, each on its own line.";
  const token = await askPassword(io, { message: "Token or link from the mail", nonInteractiveHint });
  return [token, await askNewPassword(io, nonInteractiveHint)];
}
