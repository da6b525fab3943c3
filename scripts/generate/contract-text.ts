// What every generator reads: the operations of the contract as plain data, their shapes as JSON Schema.
import { can, roles } from "@projostack/authz";
import {
  impliedReasons,
  operations,
  type Access,
  type Cost,
  type Kind,
  type Reason,
} from "@projostack/contract";
import { z } from "zod";

export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

export interface DescribedOperation {
  /** `tasks.create`, of the noun `tasks` and the verb `create`. */
  readonly name: string;
  readonly noun: string;
  readonly verb: string;
  readonly kind: Kind;
  readonly access: Access;
  readonly summary: string;
  readonly cost: Cost;
  /** Its own reasons and those that its access implies, sorted. Not those that every call may meet. */
  readonly reasons: readonly Reason[];
  readonly input: JsonSchema;
  readonly output: JsonSchema;
}

export interface DescribedContract {
  readonly operations: readonly DescribedOperation[];
  /** The named models, by name. */
  readonly models: Readonly<Record<string, JsonSchema>>;
}

/** @throws Error when one name stands for two shapes */
export function describeContract(): DescribedContract {
  const models: Record<string, JsonSchema> = {};
  const shape = (schema: z.ZodType, io: "input" | "output", name: string): JsonSchema => {
    const { $schema, $defs = {}, ...rest } = z.toJSONSchema(schema, { io });
    for (const [model, definition] of Object.entries($defs)) {
      const known = models[model];
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(definition)) {
        throw new Error(
          `${name}: the model ${model} has another shape elsewhere. Give one of them its own id.`,
        );
      }
      models[model] = plain(definition);
    }
    return rest;
  };
  const described = operations.map(({ name, operation }) => {
    const [noun = "", verb = ""] = name.split(".");
    const { kind, access, summary, cost } = operation;
    return {
      name,
      noun,
      verb,
      kind,
      access,
      summary,
      cost,
      reasons: [...new Set([...operation.errors, ...impliedReasons(operation.access)])].toSorted(),
      input: shape(operation.input, "input", name),
      output: shape(operation.output, "output", name),
    };
  });
  const sorted = Object.entries(models).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { operations: described, models: Object.fromEntries(sorted) };
}

/** Whether a list hands out its items in pages: `{items, nextCursor}`. Returns the schema of an item. */
export function pageItem(output: JsonSchema): JsonSchema | undefined {
  const { items, nextCursor, ...others } = properties(output);
  if (items === undefined || nextCursor === undefined || Object.keys(others).length > 0) return undefined;
  return items["type"] === "array" ? plain(items["items"]) : undefined;
}

export function properties(schema: JsonSchema): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(plain(schema["properties"] ?? {})).map(([key, value]) => [key, plain(value)]),
  );
}

export function isRequired(schema: JsonSchema, key: string): boolean {
  return Array.isArray(schema["required"]) && schema["required"].includes(key);
}

/** Who may call, in words. */
export function accessInWords(access: Access): string {
  if (access === "public") return "anyone";
  if (access === "session") return "anyone signed in";
  return `\`${access}\` (${roles.filter((role) => can(role, access)).join(", ")})`;
}

/** @throws Error when the value is no object */
export function plain(value: unknown): JsonSchema {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error(`Expected a JSON Schema object, found ${JSON.stringify(value)}.`);
  }
  return { ...value };
}

/** The cost in a sentence: "5 points, and 0.15 for each of `limit`." */
export function costInWords({ points, each = {}, given = {} }: Cost): string {
  const parts = [
    `${points} ${points === 1 ? "point" : "points"}`,
    ...Object.entries(each).map(([field, perUnit]) => `${perUnit} for each of \`${field}\``),
    ...Object.entries(given).map(([field, more]) => `${more} with \`${field}\``),
  ];
  return parts.join(", and ");
}
