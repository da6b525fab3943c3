import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { askPassword } from "../../terminal/prompts.ts";
import { readTwoSecrets } from "../../terminal/read-stdin.ts";
import { hasMailedToken, mailedToken } from "../mailed-token.ts";
import { withNewPassword, withPipedPassword } from "./new-password.ts";

export function addResetPassword(password: Command, start: Start): void {
  password
    .command("reset")
    .description("Set a new password with the token from the mail. All your sessions end.")
    .option("--stdin", "read the token and the new password from standard input, each on its own line")
    .addHelpText("after", examples(["projo password reset", "projo password reset --stdin < reset.txt"]))
    .action(async (options: { stdin?: boolean }, command: Command) => {
      const cli = start(command);
      const { anonymous } = await cli.server();
      const reset = (text: string, newPassword: string) =>
        anonymous.password.reset({ token: mailedToken(text, "reset"), newPassword });
      if (options.stdin) {
        const names = ["token", "new password"] as const;
        const [token, newPassword] = await readTwoSecrets(cli.io, "--stdin", names, hasMailedToken);
        await withPipedPassword(anonymous, newPassword, () => reset(token, newPassword));
      } else {
        const token = await askPassword(cli.io, {
          message: "Token or link from the mail",
          nonInteractiveHint,
        });
        // Refuse a text without a token before the prompts for the password.
        mailedToken(token, "reset");
        const question = { client: anonymous, nonInteractiveHint, label: "New password" };
        await withNewPassword(cli, question, (newPassword) => reset(token, newPassword));
      }
      if (cli.json) cli.value({});
      else cli.message("The new password is set. All your sessions have ended. Run: projo login");
    });
}

const nonInteractiveHint =
  "There is no terminal to ask for the token. Pipe in the token and the new password with --stdin, each on its own line.";
