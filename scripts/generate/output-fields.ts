// The fields of each operation's output, for `projo --json FIELDS`. The CLI is built on the SDK alone, which has types only.
import { plain, properties, type DescribedContract, type JsonSchema } from "@projostack/contract";

/** Of a page, these are the fields of its items. The fields of an object inside an object have dotted names. */
export function generateOutputFields({ operations, models }: DescribedContract): Record<string, string> {
  const entries = operations.map(({ name, output }) => [name, fieldsOf(output, models).join(" ")] as const);
  return {
    "apps/cli/src/generated/output-fields.ts": `/** The fields of the output of each operation, separated by spaces. */
export const outputFields: Readonly<Record<string, string>> = ${JSON.stringify(
      Object.fromEntries(entries.filter(([, fields]) => fields !== "")),
    )};
`,
  };
}

type Models = DescribedContract["models"];

function fieldsOf(output: JsonSchema, models: Models): string[] {
  const { items, nextCursor } = properties(resolved(output, models));
  return items && nextCursor ? pathsOf(plain(items["items"]), models) : pathsOf(output, models);
}

function pathsOf(schema: JsonSchema, models: Models): string[] {
  return Object.entries(properties(resolved(schema, models))).flatMap(([name, value]) => [
    name,
    ...pathsOf(value, models).map((path) => `${name}.${path}`),
  ]);
}

/** The object that a schema refers to, or that is one of its alternatives. */
function resolved(schema: JsonSchema, models: Models): JsonSchema {
  const { $ref, anyOf } = schema;
  if (typeof $ref === "string") return resolved(models[$ref.replace("#/$defs/", "")] ?? {}, models);
  if (!Array.isArray(anyOf)) return schema;
  const objects = anyOf.map((part) => resolved(plain(part), models)).filter(({ type }) => type === "object");
  return objects[0] ?? schema;
}
