// Values of the platform that the client accepts: the DOM's types and those of Node.js both declare them.
import { createClient } from "@projostack/sdk";

export const client = createClient({ baseUrl: "http://127.0.0.1:4000", fetch: globalThis.fetch });
export const aborted = () => client.tasks.list({}, { signal: AbortSignal.timeout(5) });
