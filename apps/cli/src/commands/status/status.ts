import type { Command } from "commander";
import type { Cli, Start } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { checkServer, type ServerCheck } from "../../connection/check-server.ts";
import type { Server } from "../../connection/server.ts";
import { versionFit } from "../../connection/version-fit.ts";
import { examples } from "../../examples.ts";
import { urlSource } from "../../settings/value-source.ts";
import { labelledRows } from "../../terminal/labelled-rows.ts";
import { version } from "../../version.ts";
import { type Identity, readIdentity } from "./identity.ts";
import { identityLines, serverLines } from "./lines.ts";

/** What `projo status` shows. */
export interface Status {
  url: string;
  /** Where the URL comes from, in words. */
  source: string;
  check: ServerCheck;
  identity: Identity;
}

export function addStatus(status: Command, start: Start): void {
  status
    .addHelpText(
      "after",
      examples(["projo status", "projo status --url https://projo.example.com", "projo status --json"]),
    )
    .action(async (_options: unknown, command: Command) => {
      const cli = start(command);
      const server = await cli.server();
      const check = await checkServer(server);
      const found: Status = {
        url: server.url,
        source: urlSource(cli.io, command.optsWithGlobals(), server.url, server.stored !== undefined),
        check,
        identity: await readIdentity(server, { isServerUp: check.answers }),
      };
      if (cli.json) cli.value(toJson(found));
      else
        for (const [label, text] of [...serverLines(found), ...identityLines(cli.io, server, found.identity)])
          for (const row of labelledRows(cli.io, label, server.completeCommands(text))) cli.line(row);
      failUnlessUsable(cli, server, found);
    });
}

function toJson({ url, source, check, identity }: Status) {
  const { answers, ...facts } = check;
  const fit = check.answers ? versionFit(version(), check.version) : undefined;
  return {
    url,
    source,
    server: { answers, ...facts },
    projo: { version: version(), isCompatible: fit?.isCompatible ?? null },
    ...identity,
  };
}

/** A script sees from the exit code whether commands will work: 1 for the server, 4 for the sign-in. @throws CliError */
function failUnlessUsable({ json }: Cli, server: Server, { url, check, identity }: Status): void {
  if (!check.answers)
    throw new CliError(
      check.reason,
      json ? check.problem : "The server does not answer. To find the cause, run: projo doctor",
    );
  if (check.isReady === false)
    throw new CliError(
      "cli.server_not_ready",
      `${url} is not ready: it has no database or is stopping. Try again, or run: projo doctor`,
    );
  const { isCompatible, text } = versionFit(version(), check.version);
  if (!isCompatible) throw new CliError("cli.version_incompatible", `The versions do not fit: ${text}`);
  if (identity.session === "ended") throw notSignedIn(endedText(server));
  if (identity.workspaceProblem !== null)
    throw new CliError("cli.workspace_not_found", "The workspace cannot be used.");
  if (identity.session === "unknown")
    throw new CliError(
      "cli.session_unchecked",
      `The session could not be checked. ${identity.sessionProblem ?? "Run the command again."}`,
    );
  if (identity.session === "none") server.requireSignIn();
}

const notSignedIn = (message: string): CliError =>
  new CliError("cli.not_signed_in", message, { exitCode: 4 });

const endedText = ({ tokenFromEnvironment, stored }: Server): string =>
  tokenFromEnvironment
    ? "The token in PROJO_TOKEN is not valid. Correct it, or unset PROJO_TOKEN."
    : `The session has ended. Run: projo login ${stored?.email ?? ""}`.trim();
