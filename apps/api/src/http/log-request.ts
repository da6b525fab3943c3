import type { Address } from "../infra/address.ts";
import type { Log } from "../infra/log.ts";

interface Answered {
  readonly requestId: string;
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly ms: number;
  /** Where the request came from. */
  readonly ip: Address;
}

export function logRequest(log: Log, { url, ms, ...facts }: Answered): void {
  // The path alone: a query may hold what people search for.
  const end = url.indexOf("?");
  const path = end === -1 ? url : url.slice(0, end);
  const { requestId, method, status, ip } = facts;
  log.info({ requestId, method, path, status, ms: Math.round(ms * 10) / 10, ip }, "request");
}
