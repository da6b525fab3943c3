// Enumerations whose values have descriptions.
import { z } from "zod";

interface Words<V extends string> {
  /** The name of the type in the SDK and in OpenAPI. */
  readonly id?: string;
  readonly description: string;
  /** What each value means, in one sentence. */
  readonly values: Readonly<Record<V, string>>;
}

/**
 * An enumeration with a description for each value. JSON Schema has no keyword for these, so they are in
 * `x-enumDescriptions`, which programs that display OpenAPI know.
 */
export const describedEnum = <const V extends readonly [string, ...string[]]>(
  values: V,
  { id, description, values: words }: Words<V[number]>,
) => z.enum(values).meta({ ...(id === undefined ? {} : { id }), description, "x-enumDescriptions": words });
