import type { FastifyReply, FastifyRequest } from "fastify";
import { chooseCoding } from "../accepted-coding.ts";
import { matchesTag } from "../entity-tags.ts";
import { noteRoutine } from "../log-request.ts";
import { codings, type Coding, type WebFile } from "./web-files.ts";

/** Sends a file in the coding that the client prefers, or 304. Ranges are not supported, so a range is answered in full. */
export function sendWebFile(
  request: FastifyRequest,
  reply: FastifyReply,
  { contentType, kind, plain, encoded }: WebFile,
  cacheControl: string,
): FastifyReply {
  const { "if-none-match": known, "accept-encoding": accepted } = request.headers;
  const offered = codings.filter((coding) => encoded[coding] !== undefined);
  const coding = chooseCoding<Coding>(accepted, offered);
  const { bytes, etag } = (coding && encoded[coding]) ?? plain;
  // A page is one line of the access log. Its scripts and styles are not.
  if (kind !== "page") noteRoutine(request.raw);
  void reply.headers({
    etag,
    "cache-control": cacheControl,
    vary: kind === "page" ? "accept, accept-encoding, sec-fetch-mode" : "accept-encoding",
  });
  if (matchesTag(known, etag)) return reply.code(304).send();
  void reply.type(contentType);
  if (coding) void reply.header("content-encoding", coding);
  return reply.send(bytes);
}
