import type { Command } from "commander";
import type { Cli, Start } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { checkServer, type ServerCheck } from "../../connection/check-server.ts";
import type { Server } from "../../connection/server.ts";
import { versionFit } from "../../connection/version-fit.ts";
import { examples } from "../../examples.ts";
import { urlSource } from "../../settings/value-source.ts";
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
        source: urlSource(cli.io, command.optsWithGlobals(), server.stored !== undefined),
        check,
        identity: await readIdentity(server, { isServerUp: check.answers }),
      };
      if (cli.json) cli.value(toJson(found));
      else
        for (const line of [...serverLines(found), ...identityLines(cli.io, server, found.identity)])
          cli.line(line);
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
  const fail = (reason: string, message: string, exitCode: 1 | 4 = 1) => {
    throw new CliError(reason, message, { exitCode });
  };
  if (!check.answers)
    fail(check.reason, json ? check.problem : "The server does not answer. Run: projo doctor");
  else if (check.isReady === false)
    fail("cli.server_not_ready", `${url} is not ready: it has no database or is stopping.`);
  else if (!versionFit(version(), check.version).isCompatible)
    fail("cli.version_incompatible", versionFit(version(), check.version).text);
  if (identity.session === "ended") {
    fail(
      "cli.not_signed_in",
      server.tokenFromEnvironment
        ? "The token in PROJO_TOKEN is not valid. Correct it, or unset PROJO_TOKEN."
        : `The session has ended. Run: projo login ${server.stored?.email ?? ""}`.trim(),
      4,
    );
  }
  if (identity.session === "none") fail("cli.not_signed_in", `Not signed in to ${url}. Run: projo login`, 4);
}
