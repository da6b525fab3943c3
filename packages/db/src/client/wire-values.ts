// Values as they go to PostgreSQL and come from it, in text.
// The cast is this file's: pg's types know no parser for a type by its number alone.
import pg from "pg";

/** As PostgreSQL reads a parameter. A time goes with its zone spelled out, whatever the process's own is. */
export function asParameter(value: unknown): string | Buffer | null {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "bigint":
    case "boolean":
      return String(value);
    case "undefined":
      return null;
    default:
      return objectParameter(value);
  }
}

function objectParameter(value: unknown): string | Buffer | null {
  if (value === null) return null;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (Array.isArray(value)) return `{${value.map(arrayElement).join(",")}}`;
  throw new TypeError(
    "A statement takes text, numbers, times, bytes and lists of them. Turn JSON into text first.",
  );
}

function arrayElement(value: unknown): string {
  const text = asParameter(value);
  if (text === null) return "NULL";
  if (typeof text !== "string") throw new TypeError("A list of bytes is no parameter.");
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

const INT8 = 20;

/** How the text of a type is read, by the type's number. A bigint is one, where pg would leave it text. */
export const parserOf = (type: number): ((text: string) => unknown) =>
  type === INT8 ? BigInt : (pg.types.getTypeParser(type, "text") as (text: string) => unknown);
