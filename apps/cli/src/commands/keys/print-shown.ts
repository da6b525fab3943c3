import type { ShownServiceKey } from "@projostack/sdk";
import type { Cli } from "../../cli.ts";
import { shortTime } from "../../terminal/short-time.ts";

/** The token to stdout alone, so that it can be piped to where secrets are kept; the words beside it. */
export function printShownKey(cli: Cli, key: ShownServiceKey, done: string): void {
  if (cli.json) {
    cli.value(key);
    return;
  }
  const { role, scopes, expiresAt, previousExpiresAt, token } = key;
  cli.say(`${done} It acts as ${role}, with ${scopes.join(", ")}, until ${shortTime(expiresAt)}.`);
  if (previousExpiresAt) cli.say(`The token before works until ${shortTime(previousExpiresAt)}.`);
  cli.say("This token is shown once. Keep it where secrets are kept; projo takes it from PROJO_TOKEN.");
  cli.line(token);
}
