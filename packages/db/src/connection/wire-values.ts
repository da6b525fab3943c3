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

type Parser = (text: string) => unknown;
interface Parsers {
  getTypeParser(type: number, format: "text"): Parser;
}

const INT8 = 20;
const TIMESTAMPTZ = 1184;

/** How the text of a type is read, by the type's number. A bigint is one, where pg would leave it text. */
export function parserOf(type: number): Parser {
  const stock = (pg.types as unknown as Parsers).getTypeParser(type, "text");
  if (type === INT8) return BigInt;
  return type === TIMESTAMPTZ ? (text) => timeIn(text) ?? stock(text) : stock;
}

const IN_UTC = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?\+00$/;

/** Times come in UTC, and with the T and the Z of ISO 8601 the engine reads them itself, several times as fast as pg. */
const timeIn = (text: string): Date | null =>
  IN_UTC.test(text)
    ? new Date(`${text.slice(0, 10)}T${text.slice(11, Math.min(text.length - 3, 23))}Z`)
    : null;
