// The error of a response without data. A response that is not from this API, such as a proxy's error page, becomes an error
// that does not contain its text.
import type { Envelope, RawResponse, ResponseContext } from "../raw-response.ts";
import { explainForeignResponse, explainRedirect } from "./failures/explain-response.ts";
import { ProjoError } from "./given.ts";
import { IN_PROGRESS } from "./retry.ts";

export function responseError(
  response: RawResponse,
  body: Envelope | undefined,
  { operation, baseUrl, isRepeatable, now }: ResponseContext,
): ProjoError {
  const { status, requestId, isRedirect } = response;
  const retryAfterSeconds = readRetryAfter(response.headers.get("retry-after"), now);
  const fields = { operation, status: status === 0 ? undefined : status, requestId, retryAfterSeconds };
  const error: unknown = body?.error;
  const data = isObject(error) ? error["data"] : undefined;
  if (status < 400 || !isObject(error) || !isObject(data) || typeof data["code"] !== "string") {
    const explain = isRedirect ? explainRedirect : explainForeignResponse;
    return new ProjoError(explain(response, baseUrl), {
      ...fields,
      code: "UNEXPECTED_ANSWER",
      // A proxy answers in place of the server, also after it has forwarded the request. A refusal is an answer before that.
      mayHaveBeenCarriedOut: !isRepeatable && !isRedirect && (status < 400 || status >= 500),
    });
  }
  const reason = text(data["reason"]);
  return new ProjoError(text(error["message"]) ?? `${operation} failed.`, {
    ...fields,
    code: data["code"],
    reason,
    requestId: text(data["requestId"]) ?? requestId,
    retryAfterSeconds: seconds(data["retryAfter"]) ?? retryAfterSeconds,
    fieldErrors: readFieldErrors(data["fieldErrors"]),
    current: isObject(data["current"]) ? data["current"] : undefined,
    // The server may lose its database after the COMMIT, and it may carry out an earlier attempt at this moment.
    mayHaveBeenCarriedOut: !isRepeatable && (status >= 500 || reason === IN_PROGRESS),
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

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function seconds(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 ? value : undefined;
}
