// The alternatives of a JSON Schema: the schema of each type that a value may have, with all references resolved.
import type { JsonSchema } from "@projostack/contract";
import { isSchema } from "./contract-document.ts";

export type Models = Readonly<Record<string, JsonSchema>>;

export interface Alternative {
  /** `string`, `number`, `boolean`, `null`, `array` or `object`. Undefined if a value of any type is accepted. */
  readonly type: string | undefined;
  readonly isInteger: boolean;
  /** The only values, from `enum` or `const`. */
  readonly values: readonly unknown[] | undefined;
  /** The name of the model that declares it. */
  readonly model: string | undefined;
  readonly schema: JsonSchema;
}

/** Returns the alternatives of a schema. @throws Error for a construct that the comparison does not know */
export function alternatives(schema: JsonSchema, models: Models, model?: string): Alternative[] {
  const { $ref, anyOf, oneOf, ...rest } = schema;
  if (typeof $ref === "string") {
    const name = $ref.replace("#/$defs/", "");
    const target = models[name];
    if (target === undefined) throw new Error(`The contract has no model ${name}.`);
    return alternatives(target, models, name);
  }
  const parts = anyOf ?? oneOf;
  if (Array.isArray(parts)) {
    return mergeValues(parts.filter(isSchema).flatMap((part) => alternatives(part, models, model)));
  }
  for (const keyword of ["allOf", "not", "if", "prefixItems", "patternProperties"]) {
    if (keyword in rest) throw new Error(`The comparison of contracts does not know the keyword ${keyword}.`);
  }
  const values = Array.isArray(rest["enum"]) ? rest["enum"] : "const" in rest ? [rest["const"]] : undefined;
  const types = Array.isArray(rest["type"]) ? rest["type"] : [rest["type"]];
  return types.map((type) => ({
    type: type === "integer" ? "number" : type === undefined ? typeOfValues(values) : String(type),
    isInteger: type === "integer",
    values,
    model,
    schema: rest,
  }));
}

function typeOfValues(values: readonly unknown[] | undefined): string | undefined {
  const [first] = values ?? [];
  if (values === undefined) return undefined;
  return first === null ? "null" : typeof first;
}

/** Makes one alternative of several that each list values of the same type. */
function mergeValues(parts: readonly Alternative[]): Alternative[] {
  const merged: Alternative[] = [];
  for (const part of parts) {
    const index = merged.findIndex(({ type, values }) => type === part.type && values && part.values);
    const other = merged[index];
    if (other === undefined) merged.push(part);
    else merged[index] = { ...other, values: [...(other.values ?? []), ...(part.values ?? [])] };
  }
  return merged;
}
