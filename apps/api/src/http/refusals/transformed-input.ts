// Detects inputs that a data transformer such as superjson or devalue has encoded. The server uses none. Without this check
// such an input would be refused as an object with unknown fields, which does not name the cause.
import { Failure } from "../../rpc/failures/failure.ts";
import type { SentInput } from "./malformed-input.ts";

export interface TransformedInput {
  readonly failure: Failure;
  /** Whether the client decodes the response with superjson. */
  readonly isSuperjson: boolean;
}

/** Returns the refusal of a request that has an encoded input, otherwise null. */
export function findTransformedInput({ url, method, body }: SentInput): TransformedInput | null {
  const start = url.indexOf("?");
  const parameters = new URLSearchParams(start === -1 ? "" : url.slice(start));
  const sent = method === "GET" ? parameters.get("input") : body;
  if (typeof sent !== "string" || !sent.includes('"')) return null;
  const input = parse(sent);
  const inputs =
    parameters.get("batch") === "1" && typeof input === "object" && input !== null
      ? Object.values(input)
      : [input];
  const isSuperjson = inputs.some(isOfSuperjson);
  if (isSuperjson || inputs.some(isOfDevalue))
    return { failure: Failure.because("input.malformed", "transformer", {}), isSuperjson };
  return inputs.some(isEncodedText)
    ? { failure: Failure.because("input.malformed", "json_text", {}), isSuperjson: false }
    : null;
}

/** Whether the input of a call was encoded before it was encoded as JSON. */
export const isTransformed = (input: unknown): boolean =>
  isOfSuperjson(input) || isOfDevalue(input) || isEncodedText(input);

/** superjson writes the value as `json`, and its types as `meta`. */
const isOfSuperjson = (input: unknown): boolean =>
  typeof input === "object" &&
  input !== null &&
  "json" in input &&
  Object.keys(input).every((key) => key === "json" || key === "meta");

/** devalue writes an object as a list. The first item holds, for each field, the position of its value in the list. */
function isOfDevalue(input: unknown): boolean {
  const first: unknown = Array.isArray(input) ? input[0] : undefined;
  if (!Array.isArray(input) || typeof first !== "object" || first === null || Array.isArray(first))
    return false;
  const places = Object.values(first);
  return (
    places.length > 0 && places.every((place) => Number.isInteger(place) && Number(place) < input.length)
  );
}

/** Whether the input is a text that contains JSON. */
const isEncodedText = (input: unknown): boolean => typeof input === "string" && /^[[{]/.test(input);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller describes malformed JSON.
    return undefined;
  }
}
