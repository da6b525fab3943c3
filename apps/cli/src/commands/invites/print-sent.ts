import type { SentInvite } from "@projostack/sdk";
import type { Cli } from "../../cli.ts";
import { shortTime } from "../../terminal/short-time.ts";

/** The link to stdout alone, to be passed on; the words beside it. */
export function printSentInvite(cli: Cli, invite: SentInvite): void {
  if (cli.json) {
    cli.value(invite);
    return;
  }
  const { email, role, expiresAt, link } = invite;
  cli.say(`Invited ${email} as ${role}, until ${shortTime(expiresAt)}. A mail is on its way to them.`);
  cli.say("This link does as well, for whoever has verified that address. It is shown this once:");
  cli.line(link);
}
