import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { askPassword } from "../../terminal/prompts.ts";
import { readSecret } from "../../terminal/read-stdin.ts";
import { mailedToken } from "../mailed-token.ts";

export function addVerifyEmail(email: Command, start: Start): void {
  email
    .command("verify")
    .description("Verify your email address by the token that was mailed to it.")
    .option("--stdin", "read the token from standard input instead of asking for it")
    .addHelpText("after", examples(["projo email verify", "projo email verify --stdin < token.txt"]))
    .action(async (options: { stdin?: boolean }, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      const text = options.stdin
        ? await readSecret(cli.io, "--stdin", "token")
        : await askPassword(cli.io, {
            message: "The token or link from the mail",
            instead: "Nobody is here to type a token. Pipe it in, with --stdin.",
          });
      await server.stranger.email.verify({ token: mailedToken(text) });
      if (cli.json) cli.value({});
      else cli.say("Your email address is verified.");
    });
}
