// Converts values to and from PostgreSQL's text format.
//
// This file casts types, because pg's types do not accept a type's number for a parser.
import pg from "pg";

/** The text or bytes of a parameter. A time is sent in UTC with its zone, whatever the time zone of the process is. */
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
    "A parameter must be a string, number, boolean, Date, bytes or an array of these. Convert JSON to a string first.",
  );
}

function arrayElement(value: unknown): string {
  const text = asParameter(value);
  if (text === null) return "NULL";
  if (typeof text !== "string") throw new TypeError("An array of bytes cannot be a parameter.");
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

type Parser = (text: string) => unknown;
interface Parsers {
  getTypeParser(type: number, format: "text"): Parser;
}

const INT8 = 20;
const TIMESTAMPTZ = 1184;

/** The parser for a type, by the type's number. It parses int8 as a bigint, which pg returns as a string. */
export function parserOf(type: number): Parser {
  const fromPg = (pg.types as unknown as Parsers).getTypeParser(type, "text");
  if (type === INT8) return BigInt;
  return type === TIMESTAMPTZ ? (text) => parseUtc(text) ?? fromPg(text) : fromPg;
}

const IN_UTC = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?\+00$/;

/** Parses a time in UTC. As ISO 8601 with T and Z, JavaScript's Date parses it several times as fast as pg's parser. */
const parseUtc = (text: string): Date | null =>
  IN_UTC.test(text)
    ? new Date(`${text.slice(0, 10)}T${text.slice(11, Math.min(text.length - 3, 23))}Z`)
    : null;
