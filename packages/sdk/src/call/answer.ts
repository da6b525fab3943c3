// Reads what came back. What is not an answer of this API, a proxy's error page for one, becomes an error that
// says so; nothing of its text is repeated.
import { ProjoError } from "../errors.ts";

export interface RawAnswer {
  readonly status: number;
  readonly isRedirect: boolean;
  readonly requestId: string | undefined;
  /** The header, as it came. */
  readonly retryAfter: string | null;
  readonly text: string;
}

interface Place {
  operation: string;
  baseUrl: string;
  now: number;
}

/** The data of a successful answer. @throws ProjoError */
export function readAnswer(answer: RawAnswer, { operation, baseUrl, now }: Place): unknown {
  const { status, requestId } = answer;
  const retryAfterSeconds = readRetryAfter(answer.retryAfter, now);
  const about = { operation, status: status === 0 ? undefined : status, requestId, retryAfterSeconds };

  if (answer.isRedirect) {
    throw new ProjoError(
      `${baseUrl} redirects elsewhere. Set baseUrl to the final address: redirects are not followed, so that the token is sent nowhere else.`,
      { ...about, code: "UNEXPECTED_ANSWER" },
    );
  }
  const body = parseObject(answer.text);
  if (status >= 200 && status < 300 && isObject(body?.["result"])) return body["result"]["data"];

  const error = body?.["error"];
  const data = isObject(error) ? error["data"] : undefined;
  if (status < 400 || !isObject(error) || !isObject(data) || typeof data["code"] !== "string") {
    throw new ProjoError(
      `${baseUrl} answered with status ${status}, but not as a ProjoStack server does. Is baseUrl right, and is a proxy in between?`,
      { ...about, code: "UNEXPECTED_ANSWER" },
    );
  }
  throw new ProjoError(typeof error["message"] === "string" ? error["message"] : `${operation} failed.`, {
    ...about,
    code: data["code"],
    reason: text(data["reason"]),
    requestId: text(data["requestId"]) ?? requestId,
    retryAfterSeconds: seconds(data["retryAfter"]) ?? retryAfterSeconds,
    fieldErrors: readFieldErrors(data["fieldErrors"]),
  });
}

/** Seconds, or a date (RFC 9110 10.2.3). */
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
    // Not JSON at all: the caller says what that means.
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
