import { systemClock } from "../clock.js";
import { connect } from "../client.js";
/** Sends each call as the methods of `createClient` do: in a request of its own, with retries. */
export function createSdkSender(connection) {
    const client = connect(connection, systemClock);
    return async ({ op, input, settings }, signal) => {
        const { workspaceId, timeoutMs, idempotencyKey } = settings;
        // A name of any string is checked at run time.
        const name = op.path;
        const data = await client.call(name, input, { signal, timeoutMs, workspaceId, idempotencyKey });
        return { result: { type: "data", data } };
    };
}
