import { isProjoError, type ProjoError, type Reason } from "@projostack/sdk";
import { errorTexts } from "../texts/errors.ts";

/** What a user reads about a failed call. */
export interface ErrorDescription {
  readonly text: string;
  /** The id of the request in the server's log. */
  readonly requestId: string | undefined;
}

const textsOfReasons: Partial<Record<Reason, string>> = errorTexts.reasons;

export function describeError(error: unknown): ErrorDescription {
  if (!isProjoError(error)) return { text: errorTexts.unexpected, requestId: undefined };
  const parts = [textOf(error), ...(error.mayHaveBeenCarriedOut ? [errorTexts.mayHaveBeenCarriedOut] : [])];
  return { text: parts.join(" "), requestId: error.requestId };
}

function textOf(error: ProjoError): string {
  if (error.code === "CONNECTION_FAILED") return errorTexts.noConnection;
  if (error.code === "TIMEOUT") return errorTexts.timeout;
  if (error.code === "UNEXPECTED_ANSWER") return errorTexts.unexpectedAnswer;
  if (error.code === "CALLBACK_FAILED") return errorTexts.noStorage;
  if (error.reason === "limit.exceeded") return errorTexts.limit(error.retryAfterSeconds);
  const known: string | undefined = Object.hasOwn(textsOfReasons, error.reason ?? "")
    ? textsOfReasons[error.reason as Reason]
    : undefined;
  return known ?? error.message;
}

/** The messages of the server about the fields of a form, by field. */
export const fieldErrorsOf = (error: unknown): Readonly<Record<string, readonly string[]>> =>
  isProjoError(error) ? (error.fieldErrors ?? {}) : {};
