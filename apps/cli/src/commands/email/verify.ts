import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { askPassword } from "../../terminal/prompts.ts";
import { readSecretText } from "../../terminal/read-stdin.ts";
import { mailedToken } from "../mailed-token.ts";

export function addVerifyEmail(email: Command, start: Start): void {
  email
    .command("verify")
    .description("Verify your email address with the token from the mail.")
    .option("--stdin", "read the token from standard input instead of a prompt")
    .addHelpText("after", examples(["projo email verify", "projo email verify --stdin < token.txt"]))
    .action(async (options: { stdin?: boolean }, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      const text = options.stdin
        ? await readSecretText(cli.io, "--stdin", "token")
        : await askPassword(cli.io, {
            message: "Token or link from the mail",
            nonInteractiveHint: "There is no terminal to ask for the token. Pipe it in with --stdin.",
          });
      await server.anonymous.email.verify({ token: mailedToken(text, "verification") });
      if (cli.json) cli.value({});
      else cli.message("Your email address is verified.");
    });
}
