import { isProjoError, type OwnWorkspace } from "@projostack/sdk";
import type { Command } from "commander";
import type { Start } from "../cli.ts";
import { examples } from "../examples.ts";
import type { WorkspaceClient } from "../server.ts";
import { shortTime } from "../terminal/short-time.ts";

export function addWhoami(program: Command, start: Start): void {
  program
    .command("whoami")
    .description("Show who is signed in, where, and the workspace chosen.")
    .addHelpText("after", examples(["projo whoami", "projo whoami --json"]))
    .action(async (_options: unknown, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      const { user } = await server.signedIn().auth.me();
      const id = await server.workspaceId();
      const workspace = id === undefined ? undefined : await findOwn(server.client.workspace(id));
      if (cli.json) {
        cli.value({ url: server.url, user, workspace: workspace ?? null });
        return;
      }
      cli.line(`${user.email} (${user.id})`);
      cli.line(
        user.emailVerifiedAt === null
          ? "Email: not verified. The mail holds a token; another: projo email resend"
          : `Email: verified ${shortTime(user.emailVerifiedAt)}`,
      );
      cli.line(`Server: ${server.url}`);
      if (workspace) cli.line(`Workspace: ${workspace.name} (${workspace.id}), as ${workspace.role}`);
      else if (id === undefined) cli.line("Workspace: none chosen. Run: projo workspaces use NAME");
      else cli.line(`Workspace: ${id}, which is not yours. Run: projo workspaces use NAME`);
    });
}

/** The workspace, unless this person is not, or no longer, in it: the choice may be older, or another's. */
async function findOwn(workspace: WorkspaceClient): Promise<OwnWorkspace | undefined> {
  try {
    return await workspace.workspaces.get();
  } catch (error) {
    if (isProjoError(error) && error.reason === "workspace.not_found") return undefined;
    throw error;
  }
}
