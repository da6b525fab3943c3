// The reference of the operations: a page for readers, and a snapshot, whose diff shows a reviewer how a change of the
// contract affects callers.
import { commonReasons, type Reason } from "@projostack/contract";
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

## Errors

[Errors](errors.md) describes each reason. Every operation may fail with ${commonReasons.map((reason) => errorLink(reason)).join(", ")}.
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
  const failures =
    ownReasons.length === 0 ? "" : `\n\nErrors: ${ownReasons.map((reason) => errorLink(reason)).join(", ")}.`;
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

function errorLink(reason: Reason): string {
  return `[\`${reason}\`](errors.md#${reason.replaceAll(".", "")})`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
