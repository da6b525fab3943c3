// A body with an ETag that is sent compressed to clients that accept it, and not at all to clients that have it.
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import { chooseCoding } from "../accepted-coding.ts";
import { matchesTag } from "../entity-tags.ts";

const compress = promisify(gzip);

export interface Representation {
  readonly contentType: string;
  readonly cacheControl: string;
  readonly etag: string;
  readonly plain: Buffer;
  readonly compressed: Buffer;
}

/** Creates a value at its first use. A failure is not kept, so that the next use tries again. */
export function createOnce<T>(create: () => Promise<T>): () => Promise<T> {
  let created: Promise<T> | undefined;
  return () =>
    (created ??= create().catch((error: unknown) => {
      created = undefined;
      throw error;
    }));
}

export async function createRepresentation(
  text: string | Buffer,
  { contentType, cacheControl }: Pick<Representation, "contentType" | "cacheControl">,
): Promise<Representation> {
  const plain = Buffer.from(text);
  // Weak, because the compressed bytes have the same tag.
  const etag = `W/"${createHash("sha256").update(plain).digest("base64url").slice(0, 22)}"`;
  return { contentType, cacheControl, etag, plain, compressed: await compress(plain) };
}

export function sendRepresentation(
  request: FastifyRequest,
  reply: FastifyReply,
  { contentType, cacheControl, etag, plain, compressed }: Representation,
): FastifyReply {
  const { "if-none-match": known, "accept-encoding": accepted } = request.headers;
  void reply.headers({ etag, "cache-control": cacheControl, vary: "accept-encoding" });
  if (matchesTag(known, etag)) return reply.code(304).send();
  void reply.type(contentType);
  if (chooseCoding(accepted, ["gzip"]) === null) return reply.send(plain);
  return reply.header("content-encoding", "gzip").send(compressed);
}
