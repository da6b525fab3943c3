// The docstrings of the SDK's generated types and methods, as lines.
import {
  accessSentence,
  auditSentence,
  describeReason,
  httpStatusOf,
  repetitionSentence,
  type DescribedOperation,
} from "@projostack/contract";
import { exampleTag } from "./examples.ts";
import { wrapped } from "./plain-type.ts";
import { allReasons } from "./refusals/refusal-tables.ts";

/** What a method does, who can call it, every reason for which it fails, and an example. */
export function methodDoc(operation: DescribedOperation): string[] {
  const { summary, details, access, reasonGroups } = operation;
  const facts = [accessSentence(access), auditSentence(operation), repetitionSentence(operation)];
  return [
    ...wrapped(summary),
    "",
    ...wrapped(details),
    "",
    ...wrapped(facts.filter((fact) => fact !== null).join(" ")),
    "",
    ...reasonGroups.flatMap(({ about, reasons }) =>
      wrapped(`@throws {ProjoError} About ${about}: ${reasons.map((reason) => `\`${reason}\``).join(", ")}.`),
    ),
    ...exampleTag(operation),
  ];
}

export const inputDoc = ({ name, summary }: DescribedOperation): string[] =>
  wrapped(`The input of \`${name}\`. ${summary}`);

export function outputDoc({ name, output }: DescribedOperation): string[] {
  const { description } = output;
  return wrapped(
    `The output of \`${name}\`.${typeof description === "string" && description !== "" ? ` ${description}` : ""}`,
  );
}

/** A type of texts can have no docstring for each of them, so the docstring of the type lists all reasons. */
export function reasonDoc(): string[] {
  return [
    "Why a call failed. A program decides by the reason; the message is for people. A newer server can return other reasons.",
    "",
    "`retry`: wait for `retryAfterSeconds`, then send the same call again. `change`: send another request. `sign in`: get new",
    "tokens. `ask`: the user, an admin or the operator must act first. `report`: it is a fault of the server.",
    "",
    ...allReasons.toSorted().map((reason) => {
      const { when, remedy } = describeReason(reason);
      return `- \`${reason}\` (${httpStatusOf(reason)}, ${remedy}): ${when}`;
    }),
  ];
}
