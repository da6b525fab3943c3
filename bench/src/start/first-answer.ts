import { openLoad, type HttpRequest } from "../load/load-client.ts";
import type { ServerProcess } from "../processes/server-process.ts";

export interface FirstAnswer {
  /** The time until the server reports that it listens. */
  readonly listensMs: number;
  readonly answersMs: number;
}

/** Measures the time from the start of a server to its first response, and stops the server. */
export async function firstAnswer(
  start: () => Promise<ServerProcess>,
  request: HttpRequest,
): Promise<FirstAnswer> {
  const startedAt = performance.now();
  const server = await start();
  const listensMs = performance.now() - startedAt;
  const load = openLoad({ url: server.url, connections: 1 });
  try {
    await load.burst(() => request, { count: 1, concurrency: 1 });
    return { listensMs, answersMs: performance.now() - startedAt };
  } finally {
    await load.close();
    await server.stop();
  }
}
