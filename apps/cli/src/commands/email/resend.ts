import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";

export function addResendVerification(email: Command, start: Start): void {
  email
    .command("resend")
    .description("Have the token mailed again. The ones before it no longer work.")
    .addHelpText("after", examples(["projo email resend"]))
    .action(async (_options: unknown, command: Command) => {
      const cli = start(command);
      await (await cli.server()).signedIn().email.resendVerification();
      if (cli.json) cli.value({});
      else cli.say("Unless your address is verified already, a mail is on its way. Then: projo email verify");
    });
}
