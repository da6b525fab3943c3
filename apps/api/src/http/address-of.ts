import { isIP } from "node:net";
import type { FastifyRequest } from "fastify";

/**
 * Where a request comes from: its connection's other end, or what a trusted proxy says is behind it. A proxy that
 * says what is no address is itself taken for the caller. A zone, which only the machine itself understands, goes.
 */
export function addressOf({ ip, socket }: FastifyRequest): string {
  const [said = "", connected = ""] = [ip, socket.remoteAddress ?? ""].map((text) => text.split("%", 1)[0]);
  return isIP(said) === 0 ? connected : said;
}
