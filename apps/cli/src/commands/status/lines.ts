import type { ServerCheck } from "../../connection/check-server.ts";
import type { Server } from "../../connection/server.ts";
import { versionFit } from "../../connection/version-fit.ts";
import type { Io } from "../../io.ts";
import { sourceOf } from "../../settings/value-source.ts";
import { version } from "../../version.ts";
import type { Identity } from "./identity.ts";

/** A line: its label, and the text beside it. */
type Labelled = readonly [label: string, text: string];

export function serverLines({
  url,
  source,
  check,
}: {
  url: string;
  source: string;
  check: ServerCheck;
}): Labelled[] {
  if (!check.answers)
    return [row("Server", `${url} (${source})`), row("Health", check.problem), row("projo", version())];
  const { version: ofServer, latencyMs, isReady } = check;
  const health = isReady === false ? "answers, but is not ready" : "ok";
  return [
    row("Server", `${url} (${source})`),
    row("Health", `${health}, ${latencyMs} ms`),
    row("Version", `server ${ofServer}, projo ${version()}: ${versionFit(version(), ofServer).text}`),
  ];
}

export function identityLines(
  io: Io,
  server: Server,
  { credential, session, email, workspace, workspaceProblem }: Identity,
): Labelled[] {
  const shadowed =
    server.tokenFromEnvironment && server.stored
      ? [row("Not used", `the session of ${server.stored.email}, because PROJO_TOKEN is set`)]
      : [];
  return [
    row("Account", accountText({ credential, email })),
    ...(credential === "none" ? [] : [row("Session", sessionTexts[session])]),
    ...shadowed,
    ...(credential === "none"
      ? []
      : [row("Workspace", workspaceProblem ?? workspaceText(io, { credential, session, workspace }))]),
  ];
}

const row = (name: string, text: string): Labelled => [`${name}:`.padEnd(11), text];

const sessionTexts: Readonly<Record<Identity["session"], string>> = {
  valid: "valid",
  ended: "no longer valid",
  none: "none",
  unknown: "not checked",
};

function accountText({ credential, email }: Pick<Identity, "credential" | "email">): string {
  if (credential === "service_key") return "service key in PROJO_TOKEN";
  if (credential === "access_token") return `${email ?? "user"}, with the access token in PROJO_TOKEN`;
  if (credential === "stored") return email ?? "";
  return email === null ? "not signed in" : `not signed in: the session of ${email} has ended`;
}

function workspaceText(
  io: Io,
  { credential, session, workspace }: Omit<Identity, "email" | "workspaceProblem" | "sessionProblem">,
): string {
  if (!workspace) {
    if (credential === "service_key") return "the key's own, whose name it may not read";
    return session === "unknown" ? "not checked" : "none selected. Run: projo workspaces use NAME";
  }
  const { id, name, role } = workspace;
  if (name === null) return `${id}, of which you are not a member. Run: projo workspaces use NAME`;
  const variable = "PROJO_WORKSPACE";
  const source = io.env[variable] ? `, from ${sourceOf(io, variable).replace(/^The/, "the")}` : "";
  return role === null ? `${name} (${id})${source}` : `${name} (${id}), as ${role}${source}`;
}
