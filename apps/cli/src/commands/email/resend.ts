import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";

export function addResendVerification(email: Command, start: Start): void {
  email
    .command("resend")
    .description("Send a new verification mail. Earlier tokens no longer work.")
    .addHelpText("after", examples(["projo email resend"]))
    .action(async (_options: unknown, command: Command) => {
      const cli = start(command);
      const sent = await (await cli.server()).requireSignIn().email.resendVerification();
      if (cli.json) {
        cli.value(sent);
        return;
      }
      cli.message(
        "If your address is not verified yet, the server sends a mail to it. Next: projo email verify",
      );
      cli.message("If no mail arrives, run: projo email status");
    });
}
