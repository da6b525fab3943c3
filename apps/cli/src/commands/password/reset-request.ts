import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";

export function addRequestReset(password: Command, start: Start): void {
  password
    .command("reset-request")
    .description("Send a mail with a token to reset a forgotten password.")
    .argument("<email>")
    .addHelpText("after", examples(["projo password reset-request ann@example.com"]))
    .action(async (email: string, _options: unknown, command: Command) => {
      const cli = start(command);
      await (await cli.server()).anonymous.password.requestReset({ email });
      if (cli.json) cli.value({});
      else
        cli.message(
          `If there is an account for ${email}, the server sends a mail to it. Next: projo password reset`,
        );
    });
}
