// The cast is in `readFile`, which has no types here: the build of the SDK has no @types/node.
import { connect } from "../client.js";
import { systemClock } from "../clock.js";
import { connectionFromEnv } from "./connection-from-env.js";
import { environment, nodeProcess } from "./runtime.js";
/**
 * Creates a client with PROJO_URL, PROJO_WORKSPACE and either PROJO_TOKEN or PROJO_TOKEN_FILE of the environment. The file
 * contains the token, for example a mounted secret. It is read for each call, so that a replaced token is used at once.
 *
 * @example
 * const client = clientFromEnv({ timeoutMs: 5000 });
 *
 * @throws TypeError that names an invalid option or environment variable
 */
export function clientFromEnv(options = {}, env = environment()) {
    const path = env["PROJO_TOKEN_FILE"] || undefined;
    if (path === undefined || options.token !== undefined || options.tokens !== undefined) {
        return connect(connectionFromEnv(env, options), systemClock);
    }
    if (env["PROJO_TOKEN"]) {
        throw new TypeError("PROJO_TOKEN and PROJO_TOKEN_FILE are both set. Unset one of them.");
    }
    return connect(connectionFromEnv(env, { ...options, token: () => readToken(path) }), systemClock);
}
async function readToken(path) {
    const fs = nodeProcess()?.getBuiltinModule("node:fs/promises");
    if (fs === undefined)
        throw new TypeError("PROJO_TOKEN_FILE needs Node.js 20.16 or newer.");
    try {
        return (await fs.readFile(path, "utf8")).trim();
    }
    catch (error) {
        throw new TypeError("The file of PROJO_TOKEN_FILE cannot be read. Check its path and its permissions.", {
            cause: error,
        });
    }
}
