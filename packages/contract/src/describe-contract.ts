// Describes the contract as plain data, with the inputs and outputs as JSON Schema. The generators of the reference, the SDK
// and the OpenAPI document read this description.
import { can, roles } from "@projostack/authz";
import { z } from "zod";
import { operations } from "./contract.ts";
import type { Cost } from "./cost.ts";
import { impliedReasons, type Access, type Kind, type Operation } from "./define.ts";
import type { Reason } from "./errors.ts";
import { reasonGroups, type ReasonGroup } from "./operation-words.ts";

export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

export interface DescribedOperation {
  /** The full name: `tasks.create` has the noun `tasks` and the verb `create`. */
  readonly name: string;
  readonly noun: string;
  readonly verb: string;
  readonly kind: Kind;
  readonly access: Access;
  readonly summary: string;
  readonly details: string;
  readonly example: Operation["example"];
  readonly records: Operation["records"];
  readonly repetition: Operation["repetition"];
  readonly cost: Cost;
  /** Its own reasons and the reasons that its access implies, sorted. Excludes the reasons that every call can have. */
  readonly reasons: readonly Reason[];
  /** All reasons for which it can fail, in groups. */
  readonly reasonGroups: readonly ReasonGroup[];
  readonly input: JsonSchema;
  readonly output: JsonSchema;
}

export interface DescribedContract {
  readonly operations: readonly DescribedOperation[];
  /** The models that have a name, by name. */
  readonly models: Readonly<Record<string, JsonSchema>>;
}

/** Describes the whole contract. @throws Error if two models with the same name differ */
export function describeContract(): DescribedContract {
  const steps = describeInSteps();
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/**
 * Describes the contract and pauses after each operation, so that a server can serve calls in between: all operations
 * together take about 20 ms.
 */
export function* describeInSteps(): Generator<void, DescribedContract> {
  const models: Record<string, JsonSchema> = {};
  const shape = (schema: z.ZodType, io: "input" | "output", name: string): JsonSchema => {
    const { $schema, $defs = {}, ...rest } = z.toJSONSchema(schema, { io });
    for (const [model, definition] of Object.entries($defs)) {
      const known = models[model];
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(definition)) {
        throw new Error(
          `${name}: the model ${model} has a different shape in another operation. Give one of the two a different id.`,
        );
      }
      models[model] = plain(definition);
    }
    return rest;
  };
  const described: DescribedOperation[] = [];
  for (const { name, operation } of operations) {
    const [noun = "", verb = ""] = name.split(".");
    const { kind, access, summary, details, example, records, repetition, cost } = operation;
    described.push({
      name,
      noun,
      verb,
      kind,
      access,
      summary,
      details,
      example,
      records,
      repetition,
      cost,
      reasons: [...new Set([...operation.errors, ...impliedReasons(operation.access)])].toSorted(),
      reasonGroups: reasonGroups(operation),
      input: shape(operation.input, "input", name),
      output: shape(operation.output, "output", name),
    });
    yield;
  }
  const sorted = Object.entries(models).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { operations: described, models: Object.fromEntries(sorted) };
}

/** Returns the schema of an item if the output is a page, `{items, nextCursor}`. Returns undefined otherwise. */
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

/** Describes who can call an operation, as text. */
export function describeAccess(access: Access): string {
  if (access === "public") return "anyone";
  if (access === "session") return "anyone signed in";
  const allowed = roles.filter((role) => can(role, access));
  return `\`${access}\` (${allowed.length === 0 ? "service keys only" : allowed.join(", ")})`;
}

/** Narrows a value to a JSON Schema object. @throws Error if the value is not an object */
export function plain(value: unknown): JsonSchema {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error(`Expected a JSON Schema object, found ${JSON.stringify(value)}.`);
  }
  return { ...value };
}

/** Describes a cost as text, for example "5 points, plus 0.15 per unit of `limit`". */
export function describeCost({ points, each = {}, given = {} }: Cost, input: JsonSchema): string {
  const unitOf = (field: string) => (properties(input)[field]?.["type"] === "array" ? "item" : "unit");
  const parts = [
    `${points} ${points === 1 ? "point" : "points"}`,
    ...Object.entries(each).map(([field, perUnit]) => `${perUnit} per ${unitOf(field)} of \`${field}\``),
    ...Object.entries(given).map(([field, more]) => `${more} if \`${field}\` is present`),
  ];
  return parts.join(", plus ");
}
