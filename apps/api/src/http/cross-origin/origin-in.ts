/**
 * The origin in the first bytes of a request that Node's parser refused, for example because its URL is too long. A wrong result
 * is harmless: a browser compares the origin that an answer allows with the origin of its page.
 */
export function originIn(packet: unknown): string | undefined {
  if (!Buffer.isBuffer(packet)) return undefined;
  return /\r\norigin:[ \t]*([^\r\n]*?)[ \t]*\r\n/i.exec(packet.toString("latin1"))?.[1];
}
