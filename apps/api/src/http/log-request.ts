// The access log: one line for each request, with the client address, the account or service key, and what the request did.
import type { IncomingMessage } from "node:http";
import type { Address } from "../runtime/address.ts";
import { plainLogOf, type Log } from "../runtime/log.ts";
import { RequestRecord } from "../observe/request-record.ts";
import type { Tracer } from "../observe/tracing/tracer.ts";

interface Answered {
  readonly requestId: string;
  readonly record: RequestRecord;
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly ms: number;
  /** The client address. */
  readonly ip: Address;
  /** The id of the caller's distributed trace. */
  readonly traceId?: string;
}

/** @param level `debug` for a request that a page causes by itself */
export function logRequest(
  log: Log,
  { url, ms, ...facts }: Answered,
  level: "info" | "debug" = "info",
): void {
  // The query string is left out because it may hold search texts.
  const end = url.indexOf("?");
  const path = end === -1 ? url : url.slice(0, end);
  const { requestId, method, status, ip, record, traceId } = facts;
  const { actor, workspaceId, operation, reason, trips } = record;
  const line: Record<string, string | number> = {
    requestId,
    method,
    path,
    status,
    ms: Math.round(ms * 10) / 10,
    ip,
    ...actor,
  };
  if (workspaceId !== null) line["workspaceId"] = workspaceId;
  if (operation !== null) {
    line["operation"] = operation;
    line["trips"] = trips;
  }
  if (reason !== null) line["reason"] = reason;
  if (traceId !== undefined) line["traceId"] = traceId;
  plainLogOf(log)[level](line, "request");
}

const routine = new WeakSet<IncomingMessage>();

/** Marks a request for a file of a page, or of a health check. */
export const noteRoutine = (request: IncomingMessage): void => void routine.add(request);

/** The level of the request's line in the log. Refused requests are always logged. */
export const levelOf = (request: IncomingMessage, status: number): "info" | "debug" =>
  status < 400 && routine.has(request) ? "debug" : "info";

const records = new WeakMap<IncomingMessage, RequestRecord>();

/** Begins the record of a request, and its trace. */
export function beginRecord(
  tracer: Tracer | null,
  { method = "", headers }: IncomingMessage,
  requestId: string,
): RequestRecord {
  const { traceparent } = headers;
  const parent = typeof traceparent === "string" ? traceparent : undefined;
  return new RequestRecord(tracer?.begin({ method, requestId, traceparent: parent }) ?? null);
}

/** Stores the record of a request until its line is written. */
export const keepRecord = (request: IncomingMessage, record: RequestRecord): void =>
  void records.set(request, record);

export const recordOf = (request: IncomingMessage): RequestRecord =>
  records.get(request) ?? new RequestRecord();
