import type { Command } from "commander";
import type { Cli, Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { askPassword } from "../../terminal/prompts.ts";
import { readTwoSecrets } from "../../terminal/read-stdin.ts";
import { mailedToken } from "../mailed-token.ts";
import { askNewPassword } from "./new-password.ts";

export function addResetPassword(password: Command, start: Start): void {
  password
    .command("reset")
    .description("Set a new password by a mailed token. All your sessions end.")
    .option("--stdin", "read the token and the new password from standard input, a line each")
    .addHelpText("after", examples(["projo password reset", "projo password reset --stdin < reset.txt"]))
    .action(async (options: { stdin?: boolean }, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      const [text, newPassword] = await readReset(cli, options.stdin === true);
      await server.stranger.password.reset({ token: mailedToken(text), newPassword });
      if (cli.json) cli.value({});
      else cli.say("Set the new password. All sessions have ended. Run: projo login");
    });
}

async function readReset({ io }: Cli, piped: boolean): Promise<[string, string]> {
  if (piped) return readTwoSecrets(io, "--stdin", ["token", "new password"]);
  const instead =
    "Nobody is here to type. Pipe the token and the new password in, a line each, with --stdin.";
  const token = await askPassword(io, { message: "The token or link from the mail", instead });
  return [token, await askNewPassword(io, instead)];
}
