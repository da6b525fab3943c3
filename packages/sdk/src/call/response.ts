// Reads a response. A response that is not from this API, such as a proxy's error page, becomes an error that does not
// contain its text.
import { ProjoError } from "../errors.ts";

export interface RawResponse {
  readonly status: number;
  readonly isRedirect: boolean;
  readonly requestId: string | undefined;
  /** The raw Retry-After header. */
  readonly retryAfter: string | null;
  readonly text: string;
}

interface ResponseContext {
  operation: string;
  baseUrl: string;
  /** Milliseconds since the Unix epoch. */
  now: number;
}

/** Returns the data of a successful response. @throws ProjoError for any other response */
export function readResponse(response: RawResponse, { operation, baseUrl, now }: ResponseContext): unknown {
  const { status, requestId } = response;
  const retryAfterSeconds = readRetryAfter(response.retryAfter, now);
  const fields = { operation, status: status === 0 ? undefined : status, requestId, retryAfterSeconds };

  if (response.isRedirect) {
    throw new ProjoError(
      `${baseUrl} redirects to another address. Set baseUrl to the final address. Redirects are not followed, because they could send the token to another server.`,
      { ...fields, code: "UNEXPECTED_ANSWER" },
    );
  }
  const body = parseObject(response.text);
  if (status >= 200 && status < 300 && isObject(body?.["result"])) return body["result"]["data"];

  const error = body?.["error"];
  const data = isObject(error) ? error["data"] : undefined;
  if (status < 400 || !isObject(error) || !isObject(data) || typeof data["code"] !== "string") {
    throw new ProjoError(
      `${baseUrl} returned status ${status} without a ProjoStack response. Check that baseUrl is correct and that no proxy is in between.`,
      { ...fields, code: "UNEXPECTED_ANSWER" },
    );
  }
  throw new ProjoError(typeof error["message"] === "string" ? error["message"] : `${operation} failed.`, {
    ...fields,
    code: data["code"],
    reason: text(data["reason"]),
    requestId: text(data["requestId"]) ?? requestId,
    retryAfterSeconds: seconds(data["retryAfter"]) ?? retryAfterSeconds,
    fieldErrors: readFieldErrors(data["fieldErrors"]),
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
