import type { Cli } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { readIdentity } from "../status/identity.ts";
import { type Check, note, ok, problem } from "./check.ts";

export async function checkAccount(cli: Cli): Promise<Check> {
  const name = "Account";
  try {
    const server = await cli.server();
    const { credential, session, email, workspaceProblem, sessionProblem } = await readIdentity(server, {
      isServerUp: true,
    });
    const login = server.completeCommands(`Run: projo login ${email ?? ""}`.trim());
    if (credential === "none") return note(name, `not signed in to ${server.url}.`, login);
    const who =
      credential === "service_key" ? "the service key in PROJO_TOKEN" : (email ?? "the token in PROJO_TOKEN");
    if (workspaceProblem !== null)
      return problem(name, `${who}: the workspace cannot be used.`, workspaceProblem);
    if (session === "valid") return ok(name, who);
    if (session === "unknown")
      return note(name, `${who} could not be checked.`, sessionProblem ?? "Try again later.");
    const fix = credential === "stored" ? login : "Correct PROJO_TOKEN, or unset it.";
    return problem(name, `${who} is no longer valid.`, fix);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return problem(name, "the account cannot be used.", error.message);
  }
}
