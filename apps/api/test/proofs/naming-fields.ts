// The fields by which an input names something, found by walking the contract. The fixture of a resource says what its
// fields name; a field that no fixture knows fails the proofs.
import { operations } from "@projostack/contract";
import { z } from "zod";
import type { Fixture, OperationFixture, Resource } from "../resources/fixture.ts";
import { fileOf, fixtures, things } from "../resources/index.ts";

export interface NamingField {
  readonly operation: string;
  /** Where in the input: names of fields, and `0` into a list. Empty for the header x-workspace-id. */
  readonly path: readonly string[];
  /** The name of the thing that the field names. */
  readonly thing: string;
}

/** What a field of this name means in every resource. */
const shared: Readonly<Record<string, string>> = {
  cursor: "cursor",
  createdAfter: "value",
  createdBefore: "value",
  email: "value",
  limit: "value",
  name: "value",
  role: "value",
  search: "value",
  order: "value",
  expectedVersion: "value",
  status: "value",
};

type Schema = Readonly<Record<string, unknown>>;
const isSchema = (value: unknown): value is Schema => typeof value === "object" && value !== null;

/** @throws Error when no fixture says whether a field names something */
export function namingFieldsOf(operation: string, input: z.ZodType): NamingField[] {
  const root = z.toJSONSchema(input, { io: "input" });
  const definitions: unknown = root.$defs;
  const found = (schema: unknown, path: readonly string[]): NamingField[] => {
    if (!isSchema(schema)) return [];
    const meaning = meaningOf(operation, path);
    if (meaning !== undefined && meaning !== "value") return [{ operation, path, thing: meaning }];
    const { $ref: ref, properties, items, anyOf, oneOf, allOf, format } = schema;
    if (typeof ref === "string" && isSchema(definitions))
      return found(definitions[ref.replace("#/$defs/", "")], path);
    const alternatives = [anyOf, oneOf, allOf].flatMap((parts): unknown[] =>
      Array.isArray(parts) ? parts : [],
    );
    if (isSchema(properties))
      return Object.entries(properties).flatMap(([field, part]) => found(part, [...path, field]));
    if (alternatives.length > 0) return alternatives.flatMap((part) => found(part, path));
    if (isSchema(items)) return found(items, meaning === "value" ? path : [...path, "0"]);
    if (path.length > 0 && (format === "uuid" || meaning !== "value"))
      throw new Error(explainUnknown(operation, path));
    return [];
  };
  return found(root, []);
}

function explainUnknown(operation: string, path: readonly string[]): string {
  const [resource = ""] = operation.split(".");
  return (
    `The proofs do not know what the field ${path.join(".")} of ${operation} names. ` +
    `Add it to \`fields\` in apps/api/test/resources/${fileOf(resource)}: as the name of a thing ` +
    `(${[...things.keys()].toSorted().join(", ")}), or as "value" if it names nothing.`
  );
}

/** What the field names, `"value"` if nothing, or undefined if no fixture says so. */
function meaningOf(operation: string, path: readonly string[]): string | undefined {
  const [resource = "", verb = ""] = operation.split(".");
  const fixture: Fixture | undefined = fixtures.get(resource as Resource);
  const ofOperation: Readonly<Record<string, OperationFixture>> = fixture?.operations ?? {};
  const field = path.at(-1) ?? "";
  const owner = field.replace(/Id$/, "");
  return (
    ofOperation[verb]?.fields?.[path.join(".")] ??
    fixture?.fields?.[field] ??
    shared[field] ??
    (owner !== field && things.has(owner) ? owner : undefined)
  );
}

export const namingFields: readonly NamingField[] = operations.flatMap(({ name, operation }) =>
  namingFieldsOf(name, operation.input),
);

/** The input with another value in a place. */
export function withValue(input: unknown, [first, ...rest]: readonly string[], value: unknown): unknown {
  if (first === undefined) return value;
  if (Array.isArray(input)) return input.map((item: unknown) => withValue(item, rest, value));
  const fields = isSchema(input) ? input : {};
  return { ...fields, [first]: withValue(fields[first], rest, value) };
}
