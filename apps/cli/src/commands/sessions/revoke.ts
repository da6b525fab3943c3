import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";

export function addRevokeSession(sessions: Command, start: Start): void {
  sessions
    .command("revoke")
    .description("End one of your sessions: its device is signed out.")
    .argument("<id>", "see: projo sessions list")
    .addHelpText("after", examples(["projo sessions revoke 019ac5a2-5d0f-7c3e-9a53-0f8a1d9a2c11"]))
    .action(async (id: string, _options: unknown, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      const revoked = await server.requireSignIn().sessions.revoke({ id });
      const isOwn = !server.tokenFromEnvironment && server.stored?.session?.sessionId === revoked.id;
      if (isOwn) await server.updateStored(() => undefined);
      if (cli.json) cli.value(revoked);
      else cli.message(isOwn ? "Ended this session: you are signed out here." : `Ended the session ${id}.`);
    });
}
