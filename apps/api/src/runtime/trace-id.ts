/** Version, trace id, parent id and flags (W3C Trace Context, section 3.2). Later versions may append fields. */
const TRACEPARENT = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;

export interface TraceParent {
  readonly traceId: string;
  readonly spanId: string;
  /** 1 when the caller records the trace. */
  readonly traceFlags: number;
}

/** Parses a `traceparent` header; null if the header is missing or malformed. */
export function traceParentOf(traceparent: string | string[] | undefined): TraceParent | null {
  if (typeof traceparent !== "string") return null;
  const [, version, traceId = "", spanId = "", flags = "", more] = TRACEPARENT.exec(traceparent) ?? [];
  if (version === undefined || version === "ff" || (version === "00" && more !== undefined)) return null;
  if (isZero(traceId) || isZero(spanId)) return null;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1 };
}

/** Returns the trace id of a `traceparent` header, or undefined if the header is missing or malformed. */
export const traceIdOf = (traceparent: string | string[] | undefined): string | undefined =>
  traceParentOf(traceparent)?.traceId;

const isZero = (id: string): boolean => /^0+$/.test(id);
