// Asks a server for its version and whether it can serve. Used by the commands that report on a server.
import { isProjoError, type ProjoError } from "@projostack/sdk";
import { explain } from "../explain.ts";
import type { Server } from "./server.ts";

export type ServerCheck = AnsweringServer | FailingServer;

export interface AnsweringServer {
  answers: true;
  version: string;
  /** The time of the first answer, with the connection that it needed. */
  latencyMs: number;
  /** The time by the server's clock, to the second. */
  serverTime: Date | undefined;
  /** False when the server cannot serve, such as without its database. Undefined when it does not say. */
  isReady: boolean | undefined;
}

export interface FailingServer {
  answers: false;
  /** The problem and the next step. */
  problem: string;
  reason: string;
}

const TIMEOUT_MS = 10_000;

/** The part of a server that the check uses. */
type CheckedServer = Pick<Server, "url" | "fetch" | "anonymous" | "isServiceKey">;

export async function checkServer(server: CheckedServer): Promise<ServerCheck> {
  const startedAt = performance.now();
  try {
    const call = server.anonymous.system.health(undefined, { timeoutMs: TIMEOUT_MS, maxRetries: 0 });
    const { data, headers } = await call.withResponse();
    if (!isHealth(data)) return foreign(server.url);
    const latencyMs = Math.round(performance.now() - startedAt);
    const date = Date.parse(headers.get("date") ?? "");
    return {
      answers: true,
      version: data.version,
      latencyMs,
      serverTime: Number.isNaN(date) ? undefined : new Date(date),
      isReady: await isReady(server),
    };
  } catch (error) {
    if (!isProjoError(error)) throw error;
    return {
      answers: false,
      problem: explain(error, { isServiceKey: server.isServiceKey }),
      reason: reasonOf(error),
    };
  }
}

/** Another program can answer in the same form as ProjoStack. */
const isHealth = (data: unknown): boolean =>
  typeof data === "object" && data !== null && "version" in data && typeof data.version === "string";

const foreign = (url: string): FailingServer => ({
  answers: false,
  problem: `Another program than ProjoStack answered at ${url}. Check the address (--url or PROJO_URL).`,
  reason: "cli.unexpected_response",
});

const reasonOf = ({ reason, code }: ProjoError): string => reason ?? `cli.${code.toLowerCase()}`;

/** A proxy can refuse the path, so only the two documented answers count. */
async function isReady({ url, fetch }: CheckedServer): Promise<boolean | undefined> {
  try {
    const { status } = await fetch(`${url}/readyz`, {
      method: "GET",
      headers: {},
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return status === 200 ? true : status === 503 ? false : undefined;
  } catch {
    return undefined;
  }
}
