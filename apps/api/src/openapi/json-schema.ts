// Converts the JSON Schemas of the contract to those of the document.
import { plain, properties, type JsonSchema } from "@projostack/contract";

export const refTo = (kind: ComponentKind, name: string): { $ref: string } => ({
  $ref: `#/components/${kind}/${name}`,
});

type ComponentKind = "schemas" | "responses" | "headers" | "parameters" | "examples";

/** Limits that mean "any integer that JSON numbers can hold exactly". */
const SAFE_LIMITS: Readonly<Record<string, number>> = {
  minimum: Number.MIN_SAFE_INTEGER,
  maximum: Number.MAX_SAFE_INTEGER,
};

/**
 * Converts a schema of an input. It refuses unknown fields, as the server does. The default of the whole input is left out,
 * because the parameter says whether the input can be omitted.
 */
export const inputSchema = ({ default: _, ...schema }: JsonSchema): JsonSchema => converted(schema, "input");

/**
 * Converts a schema of an input that has a name. Its descriptions contain the defaults of its fields: generators make a field
 * with a default required in a type that has a name.
 */
export function inputSchemaWithoutDefaults(schema: JsonSchema): JsonSchema {
  const { properties: fields, ...others } = inputSchema(schema);
  return { ...others, properties: Object.fromEntries(Object.entries(plain(fields)).map(withoutDefault)) };
}

function withoutDefault([name, field]: [string, unknown]): [string, JsonSchema] {
  const { default: value, description = "", ...others } = plain(field);
  if (value === undefined) return [name, plain(field)];
  const text = `${String(description)} Default: \`${JSON.stringify(value)}\`.`.trimStart();
  return [name, { ...others, description: text }];
}

/** Converts a schema of an output. It permits unknown fields, because a newer server can return more. */
export const outputSchema = (schema: JsonSchema): JsonSchema => converted(schema, "output");

type Io = "input" | "output";

function converted(schema: JsonSchema, io: Io): JsonSchema {
  const entries = Object.entries(schema).flatMap(([keyword, value]): [string, unknown][] => {
    if (keyword === "id" || SAFE_LIMITS[keyword] === value) return [];
    if (io === "output" && keyword === "additionalProperties" && value === false) return [];
    if (keyword === "properties") return [[keyword, convertedProperties(schema, io)]];
    if (keyword === "$ref") return [[keyword, String(value).replace("#/$defs/", "#/components/schemas/")]];
    if (keyword === "default" || keyword === "examples" || keyword === "enum" || keyword === "const")
      return [[keyword, value]];
    return [[keyword, convertedValue(value, io)]];
  });
  return Object.fromEntries(entries);
}

const convertedProperties = (schema: JsonSchema, io: Io): JsonSchema =>
  Object.fromEntries(Object.entries(properties(schema)).map(([name, value]) => [name, converted(value, io)]));

function convertedValue(value: unknown, io: Io): unknown {
  if (Array.isArray(value)) return value.map((item) => convertedValue(item, io));
  return typeof value === "object" && value !== null ? converted(plain(value), io) : value;
}

/** Returns the names of the models that the schemas use, directly or through another model. */
export function modelsIn(
  schemas: readonly JsonSchema[],
  models: Readonly<Record<string, JsonSchema>>,
): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (schema: JsonSchema): void => {
    for (const [, name = ""] of JSON.stringify(schema).matchAll(/"#\/\$defs\/(\w+)"/g)) {
      if (found.has(name)) continue;
      found.add(name);
      visit(models[name] ?? {});
    }
  };
  for (const schema of schemas) visit(schema);
  return found;
}
