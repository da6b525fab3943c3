import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance } from "fastify";
import type { Metrics } from "../observe/metrics/metrics.ts";

/**
 * Serves /metrics on the server's own port to the holder of the token. Without PROJO_METRICS_TOKEN the path does not exist,
 * and a wrong token gets the same 401 as none.
 */
export function metricsRoute(app: FastifyInstance, metrics: Metrics, token: string): void {
  const isToken = createTokenCheck(token);
  app.get("/metrics", async (request, reply) => {
    const [, sent = ""] = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
    if (!isToken(sent)) {
      const text = "Send the token of PROJO_METRICS_TOKEN as a bearer token.\n";
      return reply
        .code(401)
        .header("www-authenticate", "Bearer")
        .type("text/plain; charset=utf-8")
        .send(text);
    }
    return reply.header("content-type", metrics.contentType).send(await metrics.text());
  });
}

/** Compares digests of equal length in constant time, so that the time reveals neither the token nor its length. */
function createTokenCheck(token: string): (sent: string) => boolean {
  const expected = digestOf(token);
  return (sent) => timingSafeEqual(digestOf(sent), expected);
}

const digestOf = (text: string): Buffer => createHash("sha256").update(text).digest();
