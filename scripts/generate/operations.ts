// Generates the reference of the operations: a page for readers, and a JSON snapshot. In a review, the difference of the
// snapshot shows how a change to the contract affects callers.
import { commonReasons, reasons, type ErrorCode, type Reason } from "@projostack/contract";
import {
  describeAccess,
  describeCost,
  isRequired,
  properties,
  type DescribedContract,
  type DescribedOperation,
  type JsonSchema,
} from "./contract-text.ts";
import { describeValue, plainType } from "./plain-type.ts";

const httpStatus: Record<ErrorCode, number> = {
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_SUPPORTED: 405,
  CONFLICT: 409,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  TOO_MANY_REQUESTS: 429,
  SERVICE_UNAVAILABLE: 503,
  INTERNAL_SERVER_ERROR: 500,
};

export function generateOperations(contract: DescribedContract): Record<string, string> {
  return {
    "packages/contract/operations.json": snapshot(contract),
    "docs/reference/operations.md": page(contract),
  };
}

function snapshot({ operations, models }: DescribedContract): string {
  const entries = operations.map(({ name, kind, access, summary, cost, reasons: errors, input, output }) => {
    const { batch = true, ...points } = cost;
    return { name, kind, access, summary, cost: points, batch, errors, input, output };
  });
  return JSON.stringify({ operations: entries, $defs: models }, undefined, 2);
}

function page({ operations, models }: DescribedContract): string {
  return `# Operations

Send a query as \`GET /trpc/<operation>?input=<JSON>\` and a mutation as \`POST /trpc/<operation>\` with a JSON body.
A field with a ? after its name is optional. One request can contain up to ten calls. A long operation must be the only
call of its request.

The server charges the cost of a call to the budget of the account or service key, and to the budget of the workspace
([configuration](../configuration.md#budgets)). Operations that anyone can call are not charged. They are limited by IP
address.

| operation | kind | access | cost | description |
| --- | --- | --- | --- | --- |
${operations.map((operation) => row(operation)).join("\n")}

${operations.map((operation) => section(operation)).join("\n\n")}

## Models

${Object.entries(models)
  .map(([name, schema]) => `### ${name}\n\n${fieldTable(schema, "output", name)}`)
  .join("\n\n")}

## Reasons

These are the values of \`error.data.reason\`. Write programs that react to the reason. The message is meant for people and
can change.

| reason | HTTP status | message |
| --- | --- | --- |
${Object.keys(reasons)
  .filter((key): key is Reason => key in reasons)
  .map((reason) => `| \`${reason}\` | ${httpStatus[reasons[reason][0]]} | ${cell(reasons[reason][1])} |`)
  .join("\n")}

Every operation can fail with ${inCode(commonReasons)}, in addition to its own reasons.
`;
}

function row({ name, kind, access, summary, cost, input }: DescribedOperation): string {
  return `| [\`${name}\`](#${name.replaceAll(".", "").toLowerCase()}) | ${kind} | ${describeAccess(access)} | ${describeCost(cost, input)}${cost.batch === false ? "; long" : ""} | ${cell(summary)} |`;
}

function section(operation: DescribedOperation): string {
  const { name, summary, access, cost, reasons: ownReasons, input, output } = operation;
  const alone =
    cost.batch === false
      ? " This is a long operation: it must be the only call of its request, and few of them run at the same time for one account."
      : "";
  const failures = ownReasons.length === 0 ? "" : `\n\nReasons: ${inCode(ownReasons)}.`;
  return `## ${name}

${summary}

Access: ${describeAccess(access)}. Cost: ${describeCost(cost, input)}.${alone}

Input${"default" in input ? " (optional)" : ""}:

${fieldTable(input, "input", name)}

Output:

${fieldTable(output, "output", name)}${failures}`;
}

function fieldTable(schema: JsonSchema, io: "input" | "output", place: string): string {
  if ("$ref" in schema) return `Type: ${modelLinks(plainType(schema, io, place))}.`;
  const rows = Object.entries(properties(schema)).map(([key, value]) => {
    const type = plainType(value, io, place)
      .replaceAll(/\s+/g, " ")
      .replaceAll(/\/\*\*.*?\*\/ /g, "");
    const name = isRequired(schema, key) ? key : `${key}?`;
    return `| \`${name}\` | ${modelLinks(`\`${cell(type)}\``)} | ${cell(describeValue(value).join(" "))} |`;
  });
  return rows.length === 0
    ? "No fields."
    : `| field | type | description |\n| --- | --- | --- |\n${rows.join("\n")}`;
}

/** Links a type to its model if the type is a single model. Returns any other type unchanged. */
function modelLinks(type: string): string {
  return type.replace(/^`?([A-Z]\w+)`?$/, (_, name: string) => `[${name}](#${name.toLowerCase()})`);
}

function inCode(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
