// Compares the schemas of a value before and after a change. A client that sends the value needs every value that was accepted
// before. A client that receives it needs to know every value that can be returned afterwards. Both are the same question:
// is each value of `from` a value of `to`?
import type { JsonSchema } from "@projostack/contract";
import { alternatives, type Alternative, type Models } from "./alternatives.ts";
import { isSchema } from "./contract-document.ts";
import { openEnumerations, type Breaking, type Rule } from "./rules.ts";

type Change = Omit<Breaking, "operation">;

interface Side {
  readonly schema: JsonSchema;
  readonly models: Models;
}

/** Compares an input. @returns the changes that refuse what a client sends */
export function compareInput(before: Side, after: Side): Change[] {
  return compare("input", before, after, "input");
}

/** Compares an output. @returns the changes that a client does not expect */
export function compareOutput(before: Side, after: Side): Change[] {
  return compare("output", after, before, "output");
}

type Io = "input" | "output";

function compare(io: Io, from: Side, to: Side, field: string): Change[] {
  const targets = alternatives(to.schema, to.models);
  return alternatives(from.schema, from.models).flatMap((one) => {
    const candidates = targets.filter(({ type }) => type === undefined || type === one.type);
    if (candidates.length === 0) return [unknownType(io, one, field)];
    const results = candidates.map((candidate) => compareTyped(io, one, candidate, { from, to, field }));
    // A value of one object type may fit any of several.
    return results.reduce((best, result) => (result.length < best.length ? result : best));
  });
}

function unknownType(io: Io, { type }: Alternative, field: string): Change {
  if (io === "input")
    return { rule: "input type", field, detail: `${type ?? "any value"} is no longer accepted` };
  if (type === "null") return { rule: "output null", field, detail: "the value may be null" };
  return { rule: "output type", field, detail: `the value may be ${type ?? "of any type"}` };
}

interface Place {
  readonly from: Side;
  readonly to: Side;
  readonly field: string;
}

function compareTyped(io: Io, one: Alternative, other: Alternative, place: Place): Change[] {
  const { field } = place;
  if (other.type === undefined) return [];
  const changes = [...compareValues(io, one, other, field), ...compareFormat(io, one, other, field)];
  if (other.isInteger && !one.isInteger && one.type === "number" && one.values === undefined) {
    changes.push({ rule: `${io} type`, field, detail: wording(io, "integers", "numbers with a fraction") });
  }
  if (io === "input") changes.push(...compareLimits(one.schema, other.schema, field));
  if (one.type === "array") changes.push(...compareItems(io, one, other, place));
  if (one.type === "object") changes.push(...compareFields(io, one, other, place));
  return changes;
}

function wording(io: Io, narrow: string, wide: string): string {
  return io === "input"
    ? `only ${narrow} are accepted, no longer ${wide}`
    : `the value may be one of ${wide}, not only ${narrow}`;
}

function compareValues(io: Io, one: Alternative, other: Alternative, field: string): Change[] {
  if (other.values === undefined) return [];
  const rule: Rule = `${io} value`;
  if (one.values === undefined)
    return [{ rule, field, detail: wording(io, list(other.values), `other ${one.type} values`) }];
  if (io === "output" && other.model !== undefined && openEnumerations.has(other.model)) return [];
  const known = new Set(other.values.map((value) => JSON.stringify(value)));
  const unknown = one.values.filter((value) => !known.has(JSON.stringify(value)));
  if (unknown.length === 0) return [];
  const detail =
    io === "input" ? `${list(unknown)} is no longer accepted` : `the value may be ${list(unknown)}`;
  return [{ rule, field, detail }];
}

function list(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(", ");
}

/** The format that the values have. `password` only tells a form to hide the text. */
const formatOf = ({ schema: { format } }: Alternative): unknown =>
  format === "password" ? undefined : format;

function compareFormat(io: Io, one: Alternative, other: Alternative, field: string): Change[] {
  const [had, has] = [formatOf(one), formatOf(other)];
  if (has === undefined || had === has || one.values !== undefined) return [];
  const [before, after] = io === "input" ? [had, has] : [has, had];
  return [{ rule: `${io} format`, field, detail: `the format was ${text(before)} and is ${text(after)}` }];
}

/** Limits of inputs: `true` if a larger number is narrower. The lengths and ranges of outputs are no promise. */
const limits: Readonly<Record<string, boolean>> = {
  minLength: true,
  maxLength: false,
  minItems: true,
  maxItems: false,
  minimum: true,
  maximum: false,
  exclusiveMinimum: true,
  exclusiveMaximum: false,
};

function compareLimits(before: JsonSchema, after: JsonSchema, field: string): Change[] {
  const changes = Object.entries(limits)
    .filter(([keyword, isLower]) => {
      const [had, has] = [before[keyword], after[keyword]];
      if (typeof has !== "number") return false;
      return typeof had !== "number" || (isLower ? has > had : has < had);
    })
    .map(([keyword]) => keyword);
  for (const keyword of ["pattern", "multipleOf", "uniqueItems"]) {
    if (after[keyword] !== undefined && after[keyword] !== before[keyword]) changes.push(keyword);
  }
  return changes.map((keyword) => ({
    rule: "input limit",
    field,
    detail: `${keyword} was ${text(before[keyword])} and is ${text(after[keyword])}`,
  }));
}

function text(value: unknown): string {
  return value === undefined ? "not set" : JSON.stringify(value);
}

function compareItems(io: Io, one: Alternative, other: Alternative, { from, to, field }: Place): Change[] {
  const [item, otherItem] = [one.schema["items"], other.schema["items"]];
  if (!isSchema(otherItem)) return [];
  return compare(
    io,
    { ...from, schema: isSchema(item) ? item : {} },
    { ...to, schema: otherItem },
    `${field}[]`,
  );
}

function compareFields(io: Io, one: Alternative, other: Alternative, place: Place): Change[] {
  const [fields, otherFields] = [fieldsOf(one.schema), fieldsOf(other.schema)];
  const [before, after] = io === "input" ? [fields, otherFields] : [otherFields, fields];
  const changes: Change[] = [];
  for (const [name, schema] of Object.entries(before)) {
    const field = `${place.field}.${name}`;
    const changed = after[name];
    if (changed === undefined) {
      changes.push({ rule: `${io} removed`, field, detail: "the field is removed" });
      continue;
    }
    const [from, to] = io === "input" ? [schema, changed] : [changed, schema];
    changes.push(...compare(io, { ...place.from, schema: from }, { ...place.to, schema: to }, field));
    if (io === "input")
      changes.push(...compareDefault(schema, changed, { field, wasRequired: isRequired(one, name) }));
  }
  for (const name of requiredOf(other.schema)) {
    if (isRequired(one, name) || (io === "output" && !(name in after))) continue;
    const field = `${place.field}.${name}`;
    const rule: Rule = io === "input" ? "input required" : "output optional";
    changes.push({
      rule,
      field,
      detail: io === "input" ? "the field is required" : "the field may be missing",
    });
  }
  return [...changes, ...compareEntries(io, one, other, place)];
}

/** Compares the values of an object whose keys are free. */
function compareEntries(io: Io, one: Alternative, other: Alternative, { from, to, field }: Place): Change[] {
  const [entry, otherEntry] = [one.schema["additionalProperties"], other.schema["additionalProperties"]];
  if (!isSchema(entry)) return [];
  if (otherEntry === false)
    return [{ rule: `${io} type`, field, detail: wording(io, "the named keys", "other keys") }];
  if (!isSchema(otherEntry)) return [];
  return compare(io, { ...from, schema: entry }, { ...to, schema: otherEntry }, `${field}.*`);
}

/** A default decides what a call without the field means. */
function compareDefault(
  before: JsonSchema,
  after: JsonSchema,
  { field, wasRequired }: { field: string; wasRequired: boolean },
): Change[] {
  if (wasRequired) return [];
  const [had, has] = [before["default"], after["default"]];
  if (JSON.stringify(had) === JSON.stringify(has)) return [];
  return [{ rule: "input default", field, detail: `the default was ${text(had)} and is ${text(has)}` }];
}

function fieldsOf(schema: JsonSchema): Record<string, JsonSchema> {
  const fields = schema["properties"];
  if (!isSchema(fields)) return {};
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, isSchema(field) ? field : {}]),
  );
}

function requiredOf(schema: JsonSchema): string[] {
  return Array.isArray(schema["required"]) ? schema["required"].map(String) : [];
}

function isRequired({ schema }: Alternative, name: string): boolean {
  return requiredOf(schema).includes(name);
}
