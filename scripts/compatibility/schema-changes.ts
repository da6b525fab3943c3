// The changes of the schemas of one operation: of their places, and of fields, values and limits at each place.
import type { JsonSchema } from "@projostack/contract";
import { operationOf, schemaOf, withOperation, type Change, type Schema } from "./change.ts";
import { isSchema } from "./contract-document.ts";
import type { Rule } from "./rules.ts";

type Io = "input" | "output";

interface Place {
  /** The keys from the root of the schema. */
  readonly keys: readonly (string | number)[];
  /** The field as the comparison prints it, after `input` or `output`. */
  readonly field: string;
  readonly schema: Schema;
  /** Whether the value itself may be null, because null is another alternative. */
  readonly isAlternative: boolean;
}

/** Returns each schema inside a schema: fields, items, values of free keys and alternatives. */
export function placesOf(root: JsonSchema): Place[] {
  const visit = (place: Place): Place[] => {
    const { keys, field, schema } = place;
    const inside = (
      more: (string | number)[],
      part: unknown,
      suffix: string,
      isAlternative = false,
    ): Place[] =>
      isSchema(part)
        ? visit({ keys: [...keys, ...more], field: field + suffix, schema: { ...part }, isAlternative })
        : [];
    const { properties, items, additionalProperties, anyOf } = schema;
    return [
      place,
      ...(isSchema(properties)
        ? Object.entries(properties).flatMap(([name, part]) => inside(["properties", name], part, `.${name}`))
        : []),
      ...inside(["items"], items, "[]"),
      ...inside(["additionalProperties"], additionalProperties, ".*"),
      ...(Array.isArray(anyOf)
        ? anyOf.flatMap((part, index) => inside(["anyOf", index], part, "", true))
        : []),
    ];
  };
  return visit({ keys: [], field: "", schema: { ...root }, isAlternative: false });
}

export function schemaChanges(operation: string, io: Io, place: Place): Change[] {
  const { keys, schema } = place;
  const change = (name: string, rule: Rule | undefined, changed: Schema, field = place.field): Change => ({
    operation,
    field: `${io}${field}`,
    rule,
    name,
    apply: (contract) => {
      const before = operationOf(contract, operation);
      return withOperation(contract, operation, { ...before, [io]: replaced(before[io], keys, changed) });
    },
  });
  return [
    ...fieldChanges(io, place, change),
    ...valueChanges(io, place, change),
    ...(io === "input" ? limitChanges(place, change) : []),
    ...("format" in schema
      ? [change("change the format", `${io} format`, { ...schema, format: "other" })]
      : []),
  ];
}

type MakeChange = (name: string, rule: Rule | undefined, changed: Schema, field?: string) => Change;

function fieldChanges(io: Io, { schema, field }: Place, change: MakeChange): Change[] {
  if (schema["type"] !== "object" || isSchema(schema["additionalProperties"])) return [];
  const fields = schemaOf(schema["properties"] ?? {});
  const required = Array.isArray(schema["required"]) ? schema["required"].map(String) : [];
  const isPage =
    io === "output" && field === "" && Object.keys(fields).toSorted().join() === "items,nextCursor";
  const changes = Object.keys(fields).flatMap((name) => {
    const { [name]: _, ...others } = fields;
    const without = { ...schema, properties: others, required: required.filter((one) => one !== name) };
    const isRequired = required.includes(name);
    const loose = { ...schema, required: required.filter((one) => one !== name) };
    const strict = { ...schema, required: [...required, name] };
    const own = `${field}.${name}`;
    const part = schemaOf(fields[name]);
    const withDefault = (value: unknown) => ({
      ...schema,
      properties: { ...fields, [name]: { ...part, default: value } },
    });
    return [
      change("remove a field", `${io} removed`, without, own),
      ...(io === "input" && !isRequired ? [change("require a field", "input required", strict, own)] : []),
      ...(io === "input" && isRequired ? [change("no longer require a field", undefined, loose, own)] : []),
      ...(io === "output" && isRequired
        ? [change("make a field optional", "output optional", loose, own)]
        : []),
      ...(io === "output" && !isRequired ? [change("always return a field", undefined, strict, own)] : []),
      ...(io === "input" && !isRequired
        ? [change("set another default", "input default", withDefault("another default"), own)]
        : []),
    ];
  });
  if (isPage) return changes;
  const added = { ...fields, anAddedField: { type: "string" } };
  return [
    ...changes,
    change("add an optional field", undefined, { ...schema, properties: added }),
    io === "input"
      ? change(
          "add a required field",
          "input required",
          { ...schema, properties: added, required: [...required, "anAddedField"] },
          `${field}.anAddedField`,
        )
      : change("add a field", undefined, {
          ...schema,
          properties: added,
          required: [...required, "anAddedField"],
        }),
  ];
}

function valueChanges(io: Io, { schema, isAlternative, keys }: Place, change: MakeChange): Change[] {
  const { anyOf, type, default: _, ...rest } = schema;
  const isRoot = keys.length === 0;
  const nullable = {
    anyOf: [rest["enum"] === undefined ? { ...rest, type } : { ...rest, type }, { type: "null" }],
  };
  const changes: Change[] = [];
  const canBeNull =
    type === "null" || (Array.isArray(type) && type.includes("null")) || hasNull(anyOf) || isAlternative;
  if (!canBeNull && !isRoot && type !== undefined && !("default" in schema)) {
    changes.push(change("allow null", io === "input" ? undefined : "output null", nullable));
  }
  if (hasNull(anyOf) && Array.isArray(anyOf)) {
    const rest1 = anyOf.filter((part) => !(isSchema(part) && part["type"] === "null"));
    const changed = rest1.length === 1 ? schemaOf(rest1[0]) : { anyOf: rest1 };
    changes.push(change("no longer allow null", io === "input" ? "input type" : undefined, changed));
  }
  if (typeof type === "string" && type !== "null" && !isRoot && !isAlternative) {
    const other = type === "boolean" ? "string" : "boolean";
    const keep = "default" in schema ? { default: schema["default"] } : {};
    changes.push(change("change the type", `${io} type`, { type: other, ...keep }));
  }
  if (type === "integer" && io === "output")
    changes.push(change("allow fractions", "output type", { ...schema, type: "number" }));
  const values: unknown = schema["enum"];
  if (Array.isArray(values)) {
    changes.push(
      change("add a value", io === "input" ? undefined : "output value", {
        ...schema,
        enum: [...(values as unknown[]), "another value"],
      }),
    );
    if (values.length > 1) {
      changes.push(
        change("remove a value", io === "input" ? "input value" : undefined, {
          ...schema,
          enum: values.slice(1),
        }),
      );
    }
  }
  return changes;
}

function hasNull(anyOf: unknown): boolean {
  return Array.isArray(anyOf) && anyOf.some((part) => isSchema(part) && part["type"] === "null");
}

function limitChanges({ schema }: Place, change: MakeChange): Change[] {
  const changes: Change[] = [];
  for (const [keyword, step] of Object.entries({
    minLength: 1,
    maxLength: -1,
    minItems: 1,
    maxItems: -1,
    minimum: 1,
    maximum: -1,
  })) {
    const limit = schema[keyword];
    if (typeof limit !== "number") continue;
    changes.push(
      change(`narrow ${keyword}`, "input limit", { ...schema, [keyword]: limit + step }),
      change(`widen ${keyword}`, undefined, { ...schema, [keyword]: limit - step }),
    );
  }
  if (schema["type"] === "string" && schema["enum"] === undefined) {
    changes.push(change("require a pattern", "input limit", { ...schema, pattern: "^another$" }));
  }
  return changes;
}

function replaced(schema: unknown, keys: readonly (string | number)[], changed: Schema): JsonSchema {
  const [key, ...rest] = keys;
  if (key === undefined) return changed;
  if (Array.isArray(schema)) {
    const parts: unknown[] = schema;
    return Object.assign([...parts], { [key]: replaced(parts[Number(key)], rest, changed) }) as never;
  }
  const object = schemaOf(schema);
  return { ...object, [key]: replaced(object[key], rest, changed) };
}
