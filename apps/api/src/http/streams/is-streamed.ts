import type { IncomingHttpHeaders } from "node:http";

const STREAM_TYPE = "application/jsonl";

/**
 * Whether the caller asks for the answers of a batch as a stream of lines, each as soon as its call has ended.
 * `httpBatchStreamLink` of @trpc/client 11 sends the type in `trpc-accept`, or in `accept` if it is configured to.
 */
export function asksForStream(headers: IncomingHttpHeaders): boolean {
  const { accept } = headers;
  const own = headers["trpc-accept"];
  // tRPC's adapter reads the same headers. `accept` counts only if the other one is missing.
  if (own !== undefined) return own === STREAM_TYPE;
  if (accept === undefined || !accept.includes(STREAM_TYPE)) return false;
  return accept.split(",").some((type) => type.trim() === STREAM_TYPE);
}

/** Whether the URL is that of a batch. Single calls have no stream. */
export const isBatchUrl = (url: string): boolean => {
  const start = url.indexOf("?");
  return start !== -1 && new URLSearchParams(url.slice(start)).get("batch") === "1";
};
