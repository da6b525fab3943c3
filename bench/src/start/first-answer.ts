import { openLoad, type HttpRequest } from "../load/load-client.ts";
import type { ServerProcess } from "../processes/server-process.ts";

/** Milliseconds from the start of a server to its answer to its first request. It is stopped again. */
export async function firstAnswerMs(
  start: () => Promise<ServerProcess>,
  request: HttpRequest,
): Promise<number> {
  const startedAt = performance.now();
  const server = await start();
  const load = openLoad({ url: server.url, connections: 1 });
  try {
    await load.burst(() => request, { count: 1, concurrency: 1 });
    return performance.now() - startedAt;
  } finally {
    await load.close();
    await server.stop();
  }
}
