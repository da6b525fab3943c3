// The configuration of a client in environment variables. projo, the command-line program, reads the same variables.
import { checkOptions, type ClientOptions, type Connection } from "../options.ts";

/** The environment variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads PROJO_URL, PROJO_TOKEN and PROJO_WORKSPACE. An empty variable counts as unset. The given options take precedence.
 *
 * @throws TypeError that names the variable
 */
export function connectionFromEnv(env: Environment, given: Partial<ClientOptions> = {}): Connection {
  const baseUrl = given.baseUrl ?? env["PROJO_URL"];
  if (!baseUrl) {
    throw new TypeError(
      "The environment variable PROJO_URL is not set. Set it to the URL of the server, or pass it: clientFromEnv({ baseUrl }).",
    );
  }
  const workspaceId = env["PROJO_WORKSPACE"] || undefined;
  // projo also accepts the name of a workspace, which only a request could translate into its id.
  if (given.workspaceId === undefined && workspaceId !== undefined && !/^[\da-f-]{36}$/i.test(workspaceId)) {
    throw new TypeError("PROJO_WORKSPACE must be the id of a workspace. The SDK does not accept its name.");
  }
  const token = given.tokens === undefined ? env["PROJO_TOKEN"] || undefined : undefined;
  try {
    return checkOptions({ token, workspaceId, ...given, baseUrl });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // The options that were not given come from the environment.
    let { message } = error;
    if (given.baseUrl === undefined) message = message.replaceAll("baseUrl", "PROJO_URL");
    if (given.token === undefined) message = message.replaceAll(/\bthe token\b/gi, "PROJO_TOKEN");
    throw new TypeError(message, { cause: error });
  }
}
