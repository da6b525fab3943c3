import { systemClock } from "../clock.ts";
import { connect } from "../client.ts";
import type { Connection } from "../options.ts";
import type { Sender } from "./trpc-call.ts";

/** Sends each call as the methods of `createClient` do: in a request of its own, with retries. */
export function createSdkSender(connection: Connection): Sender {
  const client = connect(connection, systemClock);
  return async ({ op, input, settings }, signal) => {
    const { workspaceId, timeoutMs, idempotencyKey } = settings;
    // A name of any string is checked at run time.
    const name: string = op.path;
    const data = await client.call(name, input, { signal, timeoutMs, workspaceId, idempotencyKey });
    return { result: { type: "data", data } };
  };
}
