import { isProjoError, type OwnWorkspace, type Reason } from "@projostack/sdk";
import type { Command } from "commander";
import type { Cli, Start } from "../cli.ts";
import { examples } from "../examples.ts";
import type { Server, WorkspaceClient } from "../server.ts";
import { shortTime } from "../terminal/short-time.ts";

export function addWhoami(program: Command, start: Start): void {
  program
    .command("whoami")
    .description("Show the signed-in user, the server and the selected workspace.")
    .addHelpText("after", examples(["projo whoami", "projo whoami --json"]))
    .action(async (_options: unknown, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      if (server.isServiceKey) {
        await showServiceKey(cli, server);
        return;
      }
      const { user } = await server.requireSignIn().auth.me();
      const id = await server.workspaceId();
      // The user may have left the selected workspace, or the id may belong to another one.
      const workspace =
        id === undefined ? undefined : await readUnless("workspace.not_found", server.client.workspace(id));
      if (cli.json) {
        cli.value({ url: server.url, user, workspace: workspace ?? null });
        return;
      }
      cli.line(`${user.email} (${user.id})`);
      cli.line(
        user.emailVerifiedAt === null
          ? "Email: not verified. Run: projo email verify (for a new mail: projo email resend)"
          : `Email: verified ${shortTime(user.emailVerifiedAt)}`,
      );
      cli.line(`Server: ${server.url}`);
      if (workspace) cli.line(`Workspace: ${workspace.name} (${workspace.id}), as ${workspace.role}`);
      else if (id === undefined) cli.line("Workspace: none selected. Run: projo workspaces use NAME");
      else cli.line(`Workspace: ${id}, of which you are not a member. Run: projo workspaces use NAME`);
    });
}

/** Prints the server and the workspace of a service key. The key needs workspace:read to read its workspace. */
async function showServiceKey(cli: Cli, server: Server): Promise<void> {
  const workspace = await readUnless("permission.denied", await server.workspace());
  if (cli.json) {
    cli.value({ url: server.url, user: null, workspace: workspace ?? null });
    return;
  }
  cli.line("Service key from PROJO_TOKEN");
  cli.line(`Server: ${server.url}`);
  cli.line(
    workspace
      ? `Workspace: ${workspace.name} (${workspace.id}), as ${workspace.role}`
      : "Workspace: the key's own (the key has no workspace:read scope to show it)",
  );
}

/** Returns the workspace, or undefined when the server refuses with this reason. */
async function readUnless(
  reason: Reason,
  { workspaces }: WorkspaceClient,
): Promise<OwnWorkspace | undefined> {
  try {
    return await workspaces.get();
  } catch (error) {
    if (isProjoError(error) && error.reason === reason) return undefined;
    throw error;
  }
}
