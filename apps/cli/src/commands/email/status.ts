import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { shortTime } from "../../terminal/short-time.ts";
import { describeDelivery } from "../mail-delivery.ts";

export function addEmailStatus(email: Command, start: Start): void {
  email
    .command("status")
    .description("Show whether your address is verified, and what happened to the last mails to it.")
    .addHelpText("after", examples(["projo email status", "projo email status --json"]))
    .action(async (_options: unknown, command: Command) => {
      const cli = start(command);
      const status = await (await cli.server()).requireSignIn().email.status();
      if (cli.json) {
        cli.value(status);
        return;
      }
      const { emailVerifiedAt, verification, reset } = status;
      cli.line(
        `Email: ${status.email}, ${emailVerifiedAt === null ? "not verified" : `verified ${shortTime(emailVerifiedAt)}`}`,
      );
      cli.line(`Verification mail: ${describeDelivery(verification) ?? "none"}`);
      cli.line(`Password reset mail: ${describeDelivery(reset) ?? "none"}`);
    });
}
