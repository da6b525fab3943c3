/** A schema inside another, with the field that it is the shape of. */
export interface Place {
  readonly path: string;
  readonly field: string | undefined;
  readonly schema: Readonly<Record<string, unknown>>;
}

/** Every schema in a JSON Schema, itself first: of fields, items, alternatives and named models. */
export function walkSchema(schema: object, path = "$", field?: string): Place[] {
  const here = { path, field, schema: { ...schema } };
  const inside = Object.entries(schema).flatMap(([keyword, value]: [string, unknown]) => {
    if (!isObject(value) || keyword === "default") return [];
    if (keyword === "properties" || keyword === "$defs") {
      return Object.entries(value).flatMap(([name, part]: [string, unknown]) =>
        isObject(part)
          ? walkSchema(part, `${path}.${name}`, keyword === "properties" ? name : undefined)
          : [],
      );
    }
    const parts: unknown[] = Array.isArray(value) ? value : [value];
    return parts.filter(isObject).flatMap((part, index) => walkSchema(part, `${path}/${keyword}${index}`));
  });
  return [here, ...inside];
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
