// Converts JSON Schema to the text of a TypeScript type, for the part of JSON Schema that the contract uses. It throws for an
// unknown construct, so that a new construct requires a decision here and never becomes an `any` in the SDK.
import { isRequired, plain, properties, type JsonSchema } from "@projostack/contract";

/** Keywords that do not affect the type: annotations and limits. */
const annotations = ["default", "description", "format", "pattern", "id", "x-enumDescriptions"];
const lengths = ["minLength", "maxLength", "minItems", "maxItems"];
const bounds = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
const silent = new Set([...annotations, ...lengths, ...bounds]);

type Io = "input" | "output";

/** Returns the TypeScript type of a schema. @throws Error for an unsupported construct, with its place in the contract */
export function plainType(schema: JsonSchema, io: Io, place: string): string {
  const keywords = Object.keys(schema).filter((keyword) => !silent.has(keyword));
  const only = (...allowed: string[]) =>
    keywords.length > 0 && keywords.every((keyword) => allowed.includes(keyword));

  if (keywords.length === 0) return "unknown";
  if (only("$ref")) return modelName(schema["$ref"], place);
  if ("const" in schema && only("const", "type")) return literal(schema["const"], place);
  if (only("enum", "type") && Array.isArray(schema["enum"])) {
    return schema["enum"].map((value) => literal(value, place)).join(" | ");
  }
  if (only("anyOf") || only("oneOf")) {
    return union(schema["anyOf"] ?? schema["oneOf"], (part) => plainType(plain(part), io, place));
  }
  if (only("type") && Array.isArray(schema["type"])) {
    return union(schema["type"], (type) => plainType({ type }, io, place));
  }
  if (schema["type"] === "array" && only("type", "items")) {
    return `Array<${plainType(plain(schema["items"]), io, `${place}[]`)}>`;
  }
  if (schema["type"] === "object") return objectType(schema, io, place);
  if (only("type")) return simple(schema["type"], place);
  throw refusal(place, schema);
}

/** Returns the fields of an object type with their JSDoc comments, in braces. */
export function fields(schema: JsonSchema, io: Io, place: string): string {
  const lines = Object.entries(properties(schema)).map(([key, value]) => {
    const type = plainType(value, io, `${place}.${key}`);
    const field = isRequired(schema, key)
      ? `${fieldName(key)}: ${type};`
      : `${fieldName(key)}?: ${type}${io === "input" ? " | undefined" : ""};`;
    return `${jsDoc(docLines(value))}${field}`;
  });
  return `{\n${lines.join("\n")}\n}`;
}

/** Describes a value in sentences: its description, limits and default. */
export function describeValue(schema: JsonSchema): string[] {
  return [description(schema), limits(withoutNull(schema)), defaultValue(schema)].filter(
    (sentence) => sentence !== "",
  );
}

/** The values of an enumeration and their meanings. A schema that refers to a named enumeration has none of its own. */
export function describeValues(schema: JsonSchema): readonly (readonly [value: string, meaning: string])[] {
  const meanings = withoutNull(schema)["x-enumDescriptions"];
  return meanings === undefined
    ? []
    : Object.entries(plain(meanings)).map(([value, meaning]) => [value, String(meaning)]);
}

/** The schema of the values besides null, if null is one of two alternatives. */
function withoutNull(schema: JsonSchema): JsonSchema {
  const parts = Array.isArray(schema["anyOf"]) ? schema["anyOf"].map((part) => plain(part)) : [];
  const others = parts.filter(({ type }) => type !== "null");
  const [only] = others;
  return others.length === 1 && parts.length === 2 && only !== undefined ? only : schema;
}

/** The lines of a docstring for a value. */
export function docLines(schema: JsonSchema): string[] {
  const values = describeValues(schema).map(([value, meaning]) => `- \`${value}\`: ${meaning}`);
  const sentences = describeValue(schema);
  if (values.length === 0) return sentences.length === 0 ? [] : wrapped(sentences.join(" "));
  return [...wrapped(sentences.join(" ")), ...values];
}

/** Breaks a text into lines of a docstring. */
export function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + word.length >= LINE_LENGTH) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" ? lines : [...lines, line];
}

const LINE_LENGTH = 100;

export function jsDoc(lines: readonly string[]): string {
  const text = lines.map((line) => line.replaceAll("*/", "*\\/"));
  if (text.length === 0) return "";
  return text.length === 1
    ? `/** ${text[0]} */\n`
    : `/**\n${text.map((line) => ` *${line === "" ? "" : ` ${line}`}\n`).join("")} */\n`;
}

function fieldName(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? key : json(key);
}

function objectType(schema: JsonSchema, io: Io, place: string): string {
  const { type: _, properties: __, required: ___, additionalProperties, propertyNames, ...others } = schema;
  if (Object.keys(others).some((keyword) => !silent.has(keyword))) throw refusal(place, schema);
  const isEmpty = Object.keys(properties(schema)).length === 0;

  if (additionalProperties === false || additionalProperties === undefined) {
    if (propertyNames !== undefined) throw refusal(place, schema);
    return isEmpty ? "Record<string, never>" : fields(schema, io, place);
  }
  if (!isEmpty || (propertyNames !== undefined && json(propertyNames) !== '{"type":"string"}')) {
    throw refusal(place, schema);
  }
  return `Record<string, ${plainType(plain(additionalProperties), io, `${place}.*`)}>`;
}

function simple(type: unknown, place: string): string {
  if (type === "string" || type === "number" || type === "boolean" || type === "null") return type;
  if (type === "integer") return "number";
  throw refusal(place, { type });
}

function literal(value: unknown, place: string): string {
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) return json(value);
  throw refusal(place, { const: value });
}

function modelName(ref: unknown, place: string): string {
  const name = /^#\/\$defs\/([A-Z]\w*)$/.exec(String(ref))?.[1];
  if (name === undefined) throw refusal(place, { $ref: ref });
  return name;
}

function union(parts: unknown, print: (part: unknown) => string): string {
  return Array.isArray(parts) ? [...new Set(parts.map(print))].join(" | ") : print(parts);
}

function description(schema: JsonSchema): string {
  return typeof schema["description"] === "string" ? schema["description"] : "";
}

function limits(schema: JsonSchema): string {
  const { minLength, maxLength, minItems, maxItems, minimum, maximum, format } = schema;
  if (format === "date-time") return "A date and time in ISO 8601, such as `2026-01-31T12:00:00Z`.";
  if (format === "uuid") return "A UUID in lower case.";
  if (maxLength !== undefined) return `${range(minLength, maxLength)} characters.`;
  if (maxItems !== undefined) return `${range(minItems, maxItems)} items.`;
  if (maximum !== undefined) return `${range(minimum, maximum)}.`;
  return minimum === undefined ? "" : `At least ${json(minimum)}.`;
}

function range(least: unknown, most: unknown): string {
  if (least === most) return `Exactly ${json(most)}`;
  return least === undefined ? `At most ${json(most)}` : `${json(least)} to ${json(most)}`;
}

function defaultValue(schema: JsonSchema): string {
  const value = schema["default"];
  return value === undefined || typeof value === "object" ? "" : `Default: ${json(value)}.`;
}

function json(value: unknown): string {
  return JSON.stringify(value);
}

function refusal(place: string, schema: JsonSchema): Error {
  return new Error(
    `${place}: no plain type is known for ${json(schema)}. Add the construct to scripts/generate/plain-type.ts, or use a simpler schema in the contract.`,
  );
}
