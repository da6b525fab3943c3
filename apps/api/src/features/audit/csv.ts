// Formats the audit log as CSV (RFC 4180). An apostrophe prevents a spreadsheet from reading text as a formula (OWASP, CSV
// injection). It is inserted at the start of a cell, and inside a cell after each character that a spreadsheet with other
// settings would read as a separator.
import type { AuditPageRow } from "@projostack/db";

const columns = [
  "seq",
  "createdAt",
  "action",
  "outcome",
  "actorKind",
  "actorUserId",
  "actorKeyId",
  "targetType",
  "targetId",
  "meta",
  "requestId",
  "sessionId",
] as const;
const personal = ["email", "ip", "userAgent"] as const;

export const csvHeader = [...columns, ...personal].join(",");

export function csvLine({ text, personal: values }: AuditPageRow): string {
  const entry = JSON.parse(text) as Readonly<Record<string, unknown>>;
  return [...columns.map((name) => entry[name]), ...personal.map((name) => values?.[name]?.value)]
    .map((value) => cell(textOf(value)))
    .join(",");
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function cell(value: string): string {
  const neutralized = value.replaceAll(FORMULAS, "$1'").replace(/^(?=[\t\r\n])/, "'");
  return /[",\r\n]/.test(neutralized) ? `"${neutralized.replaceAll('"', '""')}"` : neutralized;
}

/**
 * Matches the positions where a formula could begin. Quotes do not protect text after a semicolon: where the semicolon
 * separates cells, the opening quote is in the middle of a cell. Spreadsheets also accept the full-width forms of the four
 * signs.
 */
const FORMULAS = /(^|[;\t\r\n][ "]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g;
