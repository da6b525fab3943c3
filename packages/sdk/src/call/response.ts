// Reads a response. A response that is not from this API, such as a proxy's error page, becomes an error that does not
// contain its text.
import { ProjoError } from "../errors.ts";
import type { RawResponse } from "./raw-response.ts";
import { explainForeignResponse, explainRedirect } from "./foreign-response.ts";

interface ResponseContext {
  operation: string;
  baseUrl: string;
  /** True for a query, and for a mutation whose repetition has no further effect. */
  isRepeatable: boolean;
  /** Milliseconds since the Unix epoch. */
  now: number;
}

/** Returns the data of a successful response. @throws ProjoError for any other response */
export function readResponse(
  response: RawResponse,
  { operation, baseUrl, isRepeatable, now }: ResponseContext,
): unknown {
  const { status, requestId } = response;
  const retryAfterSeconds = readRetryAfter(response.retryAfter, now);
  const fields = { operation, status: status === 0 ? undefined : status, requestId, retryAfterSeconds };

  if (response.isRedirect) {
    throw new ProjoError(explainRedirect(response, baseUrl), { ...fields, code: "UNEXPECTED_ANSWER" });
  }
  const body = parseObject(response.text);
  if (status >= 200 && status < 300 && isObject(body?.["result"])) return body["result"]["data"];

  const error = body?.["error"];
  const data = isObject(error) ? error["data"] : undefined;
  if (status < 400 || !isObject(error) || !isObject(data) || typeof data["code"] !== "string") {
    // A proxy answers in place of the server, also after it has forwarded the request. A refusal is an answer before that.
    const mayHaveBeenCarriedOut = !isRepeatable && (status < 400 || status >= 500);
    throw new ProjoError(explainForeignResponse(response, { operation, baseUrl, mayHaveBeenCarriedOut }), {
      ...fields,
      code: "UNEXPECTED_ANSWER",
      mayHaveBeenCarriedOut,
    });
  }
  throw new ProjoError(typeof error["message"] === "string" ? error["message"] : `${operation} failed.`, {
    ...fields,
    code: data["code"],
    reason: text(data["reason"]),
    requestId: text(data["requestId"]) ?? requestId,
    retryAfterSeconds: seconds(data["retryAfter"]) ?? retryAfterSeconds,
    fieldErrors: readFieldErrors(data["fieldErrors"]),
    // The server may lose its database after the COMMIT.
    mayHaveBeenCarriedOut: !isRepeatable && status >= 500,
  });
}

/** Parses Retry-After, which is a number of seconds or a date (RFC 9110 10.2.3). @returns seconds */
function readRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1000));
}

function readFieldErrors(value: unknown): Record<string, readonly string[]> | undefined {
  if (!isObject(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value).map(([field, messages]) => [
      field,
      Array.isArray(messages) ? messages.filter((message) => typeof message === "string") : [],
    ]),
  );
}

function parseObject(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : undefined;
  } catch {
    // The text is not JSON. The caller reports it.
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function seconds(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 ? value : undefined;
}
