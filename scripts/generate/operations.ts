// The reference of the operations: a page for people, and a snapshot whose difference shows in a review what
// a change to the contract does to callers.
import { commonReasons, reasons, type ErrorCode, type Reason } from "@projostack/contract";
import {
  accessInWords,
  costInWords,
  isRequired,
  properties,
  type DescribedContract,
  type DescribedOperation,
  type JsonSchema,
} from "./contract-text.ts";
import { inWords, plainType } from "./plain-type.ts";

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

Queries are sent as \`GET /trpc/<operation>?input=<JSON>\`, mutations as \`POST /trpc/<operation>\` with a JSON
body. A field marked with ? may be left out. Up to ten calls go in one request, of operations that are not long.

The cost of a call is charged to the budget of the account, or service key, and to that of the workspace
([configuration](../configuration.md#budgets)). What anyone may call is not charged: it is limited by address.

| operation | kind | for | cost | what it does |
| --- | --- | --- | --- | --- |
${operations.map((operation) => row(operation)).join("\n")}

${operations.map((operation) => section(operation)).join("\n\n")}

## Models

${Object.entries(models)
  .map(([name, schema]) => `### ${name}\n\n${fieldTable(schema, "output", name)}`)
  .join("\n\n")}

## Reasons

What \`error.data.reason\` can be. A program decides by the reason; the message is for people.

| reason | HTTP status | message |
| --- | --- | --- |
${Object.keys(reasons)
  .filter((key): key is Reason => key in reasons)
  .map((reason) => `| \`${reason}\` | ${httpStatus[reasons[reason][0]]} | ${cell(reasons[reason][1])} |`)
  .join("\n")}

Any call may fail with ${inCode(commonReasons)}.
`;
}

function row({ name, kind, access, summary, cost }: DescribedOperation): string {
  return `| [\`${name}\`](#${name.replaceAll(".", "").toLowerCase()}) | ${kind} | ${accessInWords(access)} | ${costInWords(cost)}${cost.batch === false ? "; long" : ""} | ${cell(summary)} |`;
}

function section(operation: DescribedOperation): string {
  const { name, summary, access, cost, reasons: itsReasons, input, output } = operation;
  const alone =
    cost.batch === false
      ? " It is a long operation: never in a batch, and few of an account run at once."
      : "";
  const failures = itsReasons.length === 0 ? "" : `\n\nReasons: ${inCode(itsReasons)}.`;
  return `## ${name}

${summary} For ${accessInWords(access)}. Costs ${costInWords(cost)}.${alone}

Input:${"default" in input ? " may be left out." : ""}

${fieldTable(input, "input", name)}

Output:

${fieldTable(output, "output", name)}${failures}`;
}

function fieldTable(schema: JsonSchema, io: "input" | "output", place: string): string {
  if ("$ref" in schema) return `A ${modelLinks(plainType(schema, io, place))}.`;
  const rows = Object.entries(properties(schema)).map(([key, value]) => {
    const type = plainType(value, io, place)
      .replaceAll(/\s+/g, " ")
      .replaceAll(/\/\*\*.*?\*\/ /g, "");
    const name = isRequired(schema, key) ? key : `${key}?`;
    return `| \`${name}\` | ${modelLinks(`\`${cell(type)}\``)} | ${cell(inWords(value).join(" "))} |`;
  });
  return rows.length === 0 ? "Nothing." : `| field | type | |\n| --- | --- | --- |\n${rows.join("\n")}`;
}

/** A type that is one model links to it; anything longer stays as it is. */
function modelLinks(type: string): string {
  return type.replace(/^`?([A-Z]\w+)`?$/, (_, name: string) => `[${name}](#${name.toLowerCase()})`);
}

function inCode(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
