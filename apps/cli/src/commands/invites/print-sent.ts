import type { SentInvite } from "@projostack/sdk";
import type { Cli } from "../../cli.ts";
import { shortTime } from "../../terminal/short-time.ts";

/** Prints the link to stdout and the messages to stderr. */
export function printSentInvite(cli: Cli, invite: SentInvite): void {
  if (cli.json) {
    cli.value(invite);
    return;
  }
  const { email, role, expiresAt, link } = invite;
  cli.message(
    `Invited ${email} as ${role}, until ${shortTime(expiresAt)}. The server sends a mail to this address.`,
  );
  cli.message("A user who has verified that address can also use this link. It is shown only once:");
  cli.line(link);
  cli.message("To see whether the mail server accepted the mail, run: projo invites list");
}
