import type { ShownServiceKey } from "@projostack/sdk";
import type { Cli } from "../../cli.ts";
import { shortTime } from "../../terminal/short-time.ts";

/** Prints the token to stdout, so that it can be piped to a secret store, and the messages to stderr. */
export function printKeyWithToken(cli: Cli, key: ShownServiceKey, summary: string): void {
  if (cli.json) {
    cli.value(key);
    return;
  }
  const { role, scopes, expiresAt, previousExpiresAt, token } = key;
  cli.message(
    `${summary} It has the role ${role} and the ${scopes.length === 1 ? "scope" : "scopes"} ${scopes.join(", ")}. It expires at ${shortTime(expiresAt)}.`,
  );
  if (previousExpiresAt) cli.message(`The previous token works until ${shortTime(previousExpiresAt)}.`);
  cli.message("This token is shown only once. Keep it in a secret store. projo reads it from PROJO_TOKEN.");
  cli.line(token);
}
