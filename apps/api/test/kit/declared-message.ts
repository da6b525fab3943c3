// Compares the message of a refusal with the messages that the contract declares for its reason.
import { causes, reasons, type ErrorData, type Reason } from "@projostack/contract";

const templates = new Map<string, readonly RegExp[]>(
  (Object.keys(reasons) as Reason[]).map((reason) => {
    const declared: Readonly<Record<string, Readonly<Record<string, string>>>> = causes;
    const messages = [reasons[reason][1], ...Object.values(declared[reason] ?? {})];
    return [reason, messages.map(toPattern)];
  }),
);

function toPattern(template: string): RegExp {
  const parts = template
    .split(/\{\w+\}/)
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join("[^]+")}$`);
}

/** Returns null if the contract declares the message for the reason, otherwise the problem. */
export function problemOfMessage(
  message: string,
  { reason, fieldErrors }: Pick<ErrorData, "reason" | "fieldErrors">,
): string | null {
  const patterns = templates.get(reason);
  if (!patterns) return `${reason} is no reason of the contract`;
  if (!patterns.some((pattern) => pattern.test(message))) return `not a message of ${reason}: ${message}`;
  if (reason !== "input.invalid") return null;
  // The message repeats the first problem, and no text of the schema library is left.
  const [first = ""] = Object.values(fieldErrors ?? {}).flat();
  if (!message.includes(first.slice(1))) return `the message lacks the first problem: ${message}`;
  const foreign =
    /Invalid (?:input|option|key|type)|Too (?:big|small)|Unrecognized key|\b(?:expected|received|undefined)\b/;
  return foreign.test(
    Object.values(fieldErrors ?? {})
      .flat()
      .join(" "),
  )
    ? `a text of the schema library: ${first}`
    : null;
}
