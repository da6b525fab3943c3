import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findSession } from "../../names/find-session.ts";
import { askMissingOne } from "../missing.ts";
import { doForEach } from "../several.ts";
import { askForSession } from "./ask-for-session.ts";

export function addRevokeSession(sessions: Command, start: Start): void {
  sessions
    .command("revoke")
    .aliases(["rm", "delete"])
    .description("End sessions of yours: their devices are signed out.")
    .argument(
      "[id...]",
      "ids, or their first characters (see: projo sessions list); - reads them from standard input",
    )
    .addHelpText("after", examples(["projo sessions revoke 019ac5a2-5d0f-7c3e-9a53-0f8a1d9a2c11"]))
    .action(async (ids: string[], _options: unknown, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      const open = async () => server.requireSignIn();
      const given = await askMissingOne(cli, { command, open }, ids, askForSession(cli));
      const client = await open();
      const ownId = server.tokenFromEnvironment ? undefined : server.stored?.session?.sessionId;
      await doForEach(cli, given, {
        noun: "session",
        done: "ended",
        find: (text) => findSession(client, text),
        async act({ id }) {
          const revoked = await client.sessions.revoke({ id });
          if (revoked.id === ownId) await server.updateStored(() => undefined);
          return revoked;
        },
        print: ({ id }) =>
          cli.message(
            id === ownId ? "Ended this session: you are signed out here." : `Ended the session ${id}.`,
          ),
      });
    });
}
