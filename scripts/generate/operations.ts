// The reference of the operations: a page for people, and a snapshot whose difference shows in a review what
// a change to the contract does to callers.
import { commonReasons } from "@projostack/contract";
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

[Errors](errors.md) describes each reason. Every operation may fail with ${inCode(commonReasons)}.
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
