/** A schema within another schema, with its path and the name of its field. */
export interface NestedSchema {
  readonly path: string;
  readonly field: string | undefined;
  readonly schema: Readonly<Record<string, unknown>>;
}

/** Returns a JSON Schema and all schemas within it: of fields, items, alternatives and named models. */
export function walkSchema(schema: object, path = "$", field?: string): NestedSchema[] {
  const root = { path, field, schema: { ...schema } };
  const nested = Object.entries(schema).flatMap(([keyword, value]: [string, unknown]) => {
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
  return [root, ...nested];
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
