import { isProjoError, type OwnWorkspace, type ProjoError } from "@projostack/sdk";
import { CliError } from "../../cli-error.ts";
import type { Server } from "../../connection/server.ts";
import { explain } from "../../explain.ts";

/** The account or key with which a command acts. */
export interface Identity {
  /** `stored`, `access_token` and `service_key` in PROJO_TOKEN, or `none`. */
  credential: "stored" | "access_token" | "service_key" | "none";
  /** `none` without a credential, `unknown` without an answer of the server. */
  session: "valid" | "ended" | "none" | "unknown";
  email: string | null;
  workspace: { id: string; name: string | null; role: string | null } | null;
  /** Why the named workspace cannot be used. */
  workspaceProblem: string | null;
  /** Why the session could not be checked although the server answers. */
  sessionProblem: string | null;
}

export async function readIdentity(
  server: Server,
  { isServerUp }: { isServerUp: boolean },
): Promise<Identity> {
  const credential = credentialOf(server);
  const { stored } = server;
  const email = credential === "stored" ? (stored?.email ?? null) : null;
  const selected = credential === "stored" && stored?.workspace ? { ...stored.workspace, role: null } : null;
  const known = { credential, email, workspace: selected, workspaceProblem: null, sessionProblem: null };
  if (credential === "none")
    return { ...known, email: stored?.email ?? null, session: stored ? "ended" : "none" };
  if (!isServerUp) return { ...known, session: "unknown" };
  return credential === "service_key" ? ofServiceKey(server, known) : ofUser(server, known);
}

function credentialOf({ isServiceKey, tokenFromEnvironment, stored }: Server): Identity["credential"] {
  if (isServiceKey) return "service_key";
  if (tokenFromEnvironment) return "access_token";
  return stored?.session ? "stored" : "none";
}

type Known = Omit<Identity, "session">;

async function ofUser(server: Server, known: Known): Promise<Identity> {
  const { ok, data, error } = await server.client.auth.me().result();
  if (!ok) return { ...known, ...failed(server, error) };
  const user = { ...known, session: "valid", email: data.user.email } as const;
  const { found: id, problem } = await named(() => server.workspaceId());
  if (problem !== undefined) return { ...user, workspace: null, workspaceProblem: problem };
  const workspace = id === undefined ? undefined : await readWorkspace(server, id);
  return {
    ...user,
    workspace: id === undefined ? null : { id, name: workspace?.name ?? null, role: workspace?.role ?? null },
  };
}

/** A key without workspace:read may not read its workspace, but it is valid. */
async function ofServiceKey(server: Server, known: Known): Promise<Identity> {
  const { found: client, problem } = await named(() => server.workspace());
  if (!client) return { ...known, session: "unknown", workspaceProblem: problem ?? null };
  const { ok, data, error } = await client.workspaces.get().result();
  if (ok) {
    const { id, name, role } = data;
    return { ...known, session: "valid", workspace: { id, name, role } };
  }
  if (error.reason === "permission.denied") return { ...known, session: "valid" };
  return { ...known, ...failed(server, error) };
}

/** The name of a workspace in an option or variable may be wrong. */
async function named<T>(find: () => Promise<T>): Promise<{ found?: T; problem?: string }> {
  try {
    return { found: await find() };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { problem: error.message };
  }
}

function failed({ isServiceKey }: Server, error: ProjoError): Pick<Identity, "session" | "sessionProblem"> {
  const { reason } = error;
  if (reason === "auth.unauthenticated" || reason === "auth.token_reused")
    return { session: "ended", sessionProblem: null };
  return { session: "unknown", sessionProblem: explain(error, { isServiceKey }) };
}

/** Undefined when the user is not a member of it any more. */
async function readWorkspace(server: Server, id: string): Promise<OwnWorkspace | undefined> {
  try {
    return await server.client.workspace(id).workspaces.get();
  } catch (error) {
    if (isProjoError(error) && error.reason === "workspace.not_found") return undefined;
    throw error;
  }
}
