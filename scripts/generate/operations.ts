// The reference of the operations: a page for readers, and a snapshot, whose diff shows a reviewer how a change of the
// contract affects callers.
import {
  accessSentence,
  auditSentence,
  commonReasons,
  describeAccess,
  describeCost,
  isRequired,
  plain,
  properties,
  repetitionSentence,
  resourceDescriptions,
  type DescribedContract,
  type DescribedOperation,
  type JsonSchema,
  type Reason,
  type ReasonGroup,
} from "@projostack/contract";
import { exampleAnswer, exampleCall } from "./examples.ts";
import { describeValue, describeValues, plainType } from "./plain-type.ts";

export function generateOperations(contract: DescribedContract): Record<string, string> {
  return {
    "packages/contract/operations.json": snapshot(contract),
    "docs/reference/operations.md": page(contract),
  };
}

function snapshot({ operations, models }: DescribedContract): string {
  const entries = operations.map(({ name, kind, access, summary, details, ...operation }) => {
    const { batch = true, ...cost } = operation.cost;
    const { reasons: errors, input, output } = operation;
    return { name, kind, access, summary, details, cost, batch, errors, input, output };
  });
  return JSON.stringify({ operations: entries, $defs: models }, undefined, 2);
}

function page({ operations, models }: DescribedContract): string {
  const resources = Object.entries(resourceDescriptions).map(([noun, description]) => {
    const own = operations.filter((operation) => operation.noun === noun);
    return `## ${noun}

${description}

| operation | kind | access | cost | description |
| --- | --- | --- | --- | --- |
${own.map((operation) => row(operation)).join("\n")}

${own.map((operation) => section(operation)).join("\n\n")}`;
  });
  return `# Operations

This page lists every operation of the server with its input, its output, an example and its errors. \`pnpm generate\` writes it
from the contract, so it agrees with the server.

${Object.keys(resourceDescriptions)
  .map((noun) => `- [${noun}](#${noun.toLowerCase()})`)
  .join("\n")}
- [Errors of every operation](#errors-of-every-operation)
- [Types](#types)

## How to call an operation

Send a query as \`GET /trpc/<operation>?input=<JSON>\` and a mutation as \`POST /trpc/<operation>\` with a JSON body. The answer is
\`{"result": {"data": <output>}}\`. The [SDK](../sdk.md) does this for you: it has a method for each operation.

- **Token.** Send the header \`authorization: Bearer <token>\` with an access token or a service key. Operations that anyone can call
  need none.
- **Workspace.** An operation that requires a permission acts in the workspace of the header \`x-workspace-id\`. Without the header it
  acts in the current workspace of the session. A service key always acts in its own workspace.
- **Fields.** A field with a ? after its name is optional. An unknown field is an error. The length of a text is counted in characters
  (Unicode code points).
- **Lists.** A list returns one page and \`nextCursor\`. Pass it as \`cursor\` to get the next page. The SDK walks all pages with
  \`for await\`.
- **Batches.** One request can contain up to ten calls. A long operation must be the only call of its request.
- **Repetition.** Send the header \`idempotency-key\` with a mutation, and the same key again to repeat it: see
  [Idempotency keys](../idempotency.md). The SDK does so.
- **Cost.** The server charges the cost of a call to the budget of the account or service key, and to the budget of the workspace
  ([configuration](../configuration.md#budgets)). Operations that anyone can call are not charged. They are limited by IP address.
- **Examples.** In the examples, \`client\` is a client of the SDK that is signed in and has a workspace. A text that ends in "..." is
  shortened. A test runs each example against a server.

${resources.join("\n\n")}

## Errors of every operation

Every operation can fail with these reasons. [Errors](errors.md) describes each reason.

${sharedGroups(operations)
  .map(({ about, reasons }) => `- About ${about}: ${reasons.map((reason) => errorLink(reason)).join(", ")}.`)
  .join("\n")}

## Types

${Object.entries(models)
  .map(([name, schema]) => `### ${name}\n\n${typeText(schema, name)}`)
  .join("\n\n")}
`;
}

function row({ name, kind, access, summary, cost, input }: DescribedOperation): string {
  return `| [\`${name}\`](#${name.replaceAll(".", "").toLowerCase()}) | ${kind} | ${describeAccess(access)} | ${describeCost(cost, input)}${cost.batch === false ? "; long" : ""} | ${cell(summary)} |`;
}

function section(operation: DescribedOperation): string {
  const { name, kind, summary, details, access, cost, input, output } = operation;
  const sentences = [auditSentence(operation), repetitionSentence(operation)];
  const alone =
    cost.batch === false
      ? " This is a long operation: it must be the only call of its request, and few of them run at the same time for one account."
      : "";
  const facts = [
    `A ${kind}.`,
    accessSentence(access),
    ...sentences.filter((sentence) => sentence !== null),
    `Costs ${describeCost(cost, input)}.`,
  ];
  return `### ${name}

${summary} ${details}

${facts.join(" ")}${alone}

**Input${"default" in input ? ", optional" : ""}.** ${fieldTable(input, "input", name)}

**Output.** ${fieldTable(output, "output", name)}

${exampleText(operation)}

**Errors.** ${errorText(operation)}`;
}

/** The groups of reasons that every operation has. */
function sharedGroups(operations: readonly DescribedOperation[]): readonly ReasonGroup[] {
  const groups = operations.flatMap(({ reasonGroups }) => reasonGroups).filter((group) => isShared(group));
  return [...new Map(groups.map((group) => [group.about, group])).values()];
}

const isShared = ({ reasons }: ReasonGroup): boolean =>
  reasons.every((reason) => commonReasons.some((common) => common === reason));

/** The reasons of the operation itself and of its access. All operations share the others. */
function errorText({ reasonGroups }: DescribedOperation): string {
  const own = reasonGroups.filter((group) => !isShared(group)).flatMap(({ reasons }) => reasons);
  const shared = "the [errors of every operation](#errors-of-every-operation)";
  return own.length === 0
    ? `Only ${shared}.`
    : `${own.map((reason) => errorLink(reason)).join(", ")}, and ${shared}.`;
}

function exampleText(operation: DescribedOperation): string {
  const answer = exampleAnswer(operation);
  const call = `**Example.**\n\n\`\`\`ts\n${exampleCall(operation)}\n\`\`\``;
  return answer === null
    ? `${call}\n\nThe answer is an empty object.`
    : `${call}\n\nThe answer:\n\n\`\`\`js\n${answer}\n\`\`\``;
}

function typeText(schema: JsonSchema, name: string): string {
  const values = describeValues(schema);
  const description = describeValue(schema).join(" ");
  if (values.length === 0) return `${description}\n\n${fieldTable(schema, "output", name)}`;
  const rows = values.map(([value, meaning]) => `| \`${value}\` | ${cell(meaning)} |`);
  return `${description}\n\n| value | meaning |\n| --- | --- |\n${rows.join("\n")}`;
}

function fieldTable(schema: JsonSchema, io: "input" | "output", place: string): string {
  if ("$ref" in schema) {
    const { description } = schema;
    const words = typeof description === "string" ? ` ${description}` : "";
    return `${modelLinks(plainType(schema, io, place))}.${words}`;
  }
  const rows = fieldRows(schema, { io, place, prefix: "" });
  return rows.length === 0
    ? "No fields."
    : `\n\n| field | type | description |\n| --- | --- | --- |\n${rows.join("\n")}`;
}

interface Place {
  readonly io: "input" | "output";
  readonly place: string;
  /** The path of the object whose fields are listed. */
  readonly prefix: string;
}

/** A row for each field. The fields of an object without a name follow it, by their path: `items[].title`. */
function fieldRows(schema: JsonSchema, { io, place, prefix }: Place): string[] {
  return Object.entries(properties(schema)).flatMap(([key, value]) => {
    const path = `${prefix}${key}`;
    const name = isRequired(schema, key) ? path : `${path}?`;
    const values = describeValues(value).map(([one, meaning]) => `\`${one}\`: ${meaning}`);
    const words = [...describeValue(value), ...values].join(" ");
    const nested = nestedObject(value);
    const type = nested === null ? plainType(value, io, place).replaceAll(/\s+/g, " ") : nested.type;
    const line = `| \`${name}\` | ${modelLinks(`\`${cell(type)}\``)} | ${cell(words)} |`;
    const inner = nested
      ? fieldRows(nested.schema, { io, place, prefix: `${path}${nested.isList ? "[]" : ""}.` })
      : [];
    return [line, ...inner];
  });
}

/** The object without a name that a field holds, alone, in a list, or as an alternative to null. */
function nestedObject(value: JsonSchema): { type: string; schema: JsonSchema; isList: boolean } | null {
  if (value["type"] === "object" && Object.keys(properties(value)).length > 0)
    return { type: "object", schema: value, isList: false };
  if (value["type"] === "array") {
    const item = nestedObject(plain(value["items"]));
    return item && { type: "list of objects", schema: item.schema, isList: true };
  }
  const parts = Array.isArray(value["anyOf"]) ? value["anyOf"].map((part) => nestedObject(plain(part))) : [];
  const [found] = parts.filter((part) => part !== null);
  return found === undefined ? null : { ...found, type: `${found.type} \\| null` };
}

/** Links a type to its model if the type is a single model. Returns any other type unchanged. */
function modelLinks(type: string): string {
  return type.replace(/^`?([A-Z]\w+)`?$/, (_, name: string) => `[${name}](#${name.toLowerCase()})`);
}

function errorLink(reason: Reason): string {
  return `[\`${reason}\`](errors.md#${reason.replaceAll(".", "")})`;
}

function cell(text: string): string {
  return text.replaceAll(/(?<!\\)\|/g, "\\|");
}
