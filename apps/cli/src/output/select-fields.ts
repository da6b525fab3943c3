import { usageError } from "../cli-error.ts";
import { nearestOf } from "./nearest.ts";

/** Reads `id,user.email`. @throws CliError when a field is not among these; undefined accepts every field */
export function parseFields(text: string, known: readonly string[] | undefined): string[] {
  const fields = text
    .split(",")
    .map((field) => field.trim())
    .filter((field) => field !== "");
  if (fields.length === 0) throw usageError("--json: name at least one field, such as --json id");
  const unknown = known && fields.find((field) => !known.includes(field));
  if (!known || unknown === undefined) return fields;
  if (known.length === 0)
    throw usageError(`--json: the command prints no fields, so there is no field "${unknown}".`);
  const near = nearestOf(unknown, known);
  const hint = near === undefined ? "" : ` Did you mean ${near}?`;
  throw usageError(`--json: there is no field "${unknown}".${hint} Fields: ${known.join(", ")}`);
}

/** Returns the value with these fields only: of each item if the value is a list. An absent field is null. */
export function selectFields(value: unknown, fields: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => selectFields(item, fields));
  // A command for several objects reports those that failed beside the others.
  if (isObject(value) && "given" in value && "error" in value) return value;
  const items = itemsOf(value);
  if (items !== undefined && isObject(value)) return { ...value, items: selectFields(items, fields) };
  const selected: Record<string, unknown> = {};
  // Of `user,user.email`, `user` contains the other.
  const isWhole = (field: string): boolean => !fields.some((other) => field.startsWith(`${other}.`));
  for (const field of fields.filter(isWhole)) put(selected, field.split("."), fieldOf(value, field));
  return selected;
}

/** The items of a page or of another list; undefined if the value is none. */
export const itemsOf = (value: unknown): readonly unknown[] | undefined =>
  isObject(value) && Array.isArray(value["items"]) ? value["items"] : undefined;

/** Returns the field with this dotted name, or null. */
export function fieldOf(value: unknown, field: string): unknown {
  let found = value;
  for (const name of field.split(".")) {
    if (!isObject(found) || !Object.hasOwn(found, name)) return null;
    found = found[name];
  }
  return found;
}

function put(target: Record<string, unknown>, [name = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    target[name] = value;
    return;
  }
  const inner = target[name];
  const next: Record<string, unknown> = isObject(inner) ? { ...inner } : {};
  target[name] = next;
  put(next, rest, value);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
