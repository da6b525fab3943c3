import type { Command } from "commander";
import { usageError } from "../cli-error.ts";
import type { Cli, Start } from "../cli.ts";
import { examples } from "../examples.ts";
import type { Server } from "../connection/server.ts";

export function addLogout(logout: Command, start: Start): void {
  logout
    .option("--everywhere", "end all your sessions on all devices")
    .addHelpText("after", examples(["projo logout", "projo logout --everywhere"]))
    .action(async (options: { everywhere?: boolean }, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      if (server.tokenFromEnvironment) {
        throw usageError(
          "PROJO_TOKEN is set, so the stored session is not in use. Unset PROJO_TOKEN, then run the command again.",
        );
      }
      const { forgetCompletions } = await import("../completion/value-cache.ts");
      await forgetCompletions(cli.io);
      // Sign out on the server first. If it refuses, the tokens remain for the next attempt. If it cannot be reached, the SDK
      // deletes them.
      if (options.everywhere) await signOutEverywhere(cli, server);
      else await signOut(cli, server);
    });
}

async function signOut(cli: Cli, server: Server): Promise<void> {
  const { url, stored } = server;
  if (stored?.session) await server.client.auth.signOut();
  if (stored) await server.updateStored(() => undefined);
  if (cli.json) cli.value({ url });
  else cli.message(stored?.session ? `Signed out of ${url}.` : `You were not signed in to ${url}.`);
}

async function signOutEverywhere(cli: Cli, server: Server): Promise<void> {
  const { url } = server;
  const { ended } = await server.requireSignIn().auth.signOutEverywhere();
  await server.updateStored(() => undefined);
  if (cli.json) cli.value({ url, ended });
  else
    cli.message(`Signed out of ${url} everywhere: ${ended === 1 ? "1 session" : `${ended} sessions`} ended.`);
}
