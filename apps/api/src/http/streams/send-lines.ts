// Writes a streamed batch: one or more lines of JSON for each call, as soon as it has ended.
import type { FastifyReply } from "fastify";
import { answerHeaders } from "../answer.ts";
import { traceOf } from "../request-facts.ts";
import { VARY_IN_COOKIE_MODE } from "../cookie-mode.ts";
import type { CookieLines } from "./settle-cookie.ts";
import type { Log } from "../../runtime/log.ts";

/** A proxy must not collect the lines. nginx reads this header. */
const streamHeaders = {
  "content-type": "application/jsonl; charset=utf-8",
  "x-accel-buffering": "no",
  vary: answerHeaders.vary,
} as const;

/**
 * Sends the lines of tRPC's response. It does not wait until the peer has read a line: the unread lines then count as the
 * unread bytes of the connection, like any other response, and the limits of the connection apply to them.
 */
export async function sendLines(
  reply: FastifyReply,
  { status, body }: Response,
  { log, cookies }: { log: Log; cookies: CookieLines | null },
): Promise<void> {
  reply.hijack();
  const { raw, request } = reply;
  try {
    const lines = cookies === "after all calls" ? await collect(body) : (body ?? []);
    const vary = cookies === null ? {} : { vary: VARY_IN_COOKIE_MODE };
    for (const [name, value] of Object.entries({ ...reply.getHeaders(), ...streamHeaders, ...vary }))
      if (value !== undefined) raw.setHeader(name, value);
    raw.writeHead(status);
    for await (const line of lines) {
      // The loop's end cancels the remaining lines.
      if (raw.destroyed) return;
      raw.write(line);
    }
    raw.end();
  } catch (error) {
    log.error({ err: error, requestId: request.id, ...traceOf(request.raw) }, "a bug");
    // The response has begun. Closing the connection signals the failure to the peer.
    raw.destroy();
  }
}

async function collect(body: Response["body"]): Promise<Uint8Array[]> {
  const lines: Uint8Array[] = [];
  for await (const line of body ?? []) lines.push(line as Uint8Array);
  return lines;
}
