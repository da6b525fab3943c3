// The log for a spreadsheet (RFC 4180). An apostrophe keeps a spreadsheet from taking text for a formula (OWASP, CSV injection):
// at the start of a cell, and after each character inside it at which a spreadsheet with other settings would begin a new one.
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
  const said = JSON.parse(text) as Readonly<Record<string, unknown>>;
  return [...columns.map((name) => said[name]), ...personal.map((name) => values?.[name]?.value)]
    .map((value) => cell(textOf(value)))
    .join(",");
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function cell(value: string): string {
  const harmless = value.replaceAll(FORMULAS, "$1'").replace(/^(?=[\t\r\n])/, "'");
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/**
 * Where a formula could begin. Quotes do not help after a semicolon: where it separates the cells, the quote before it is in
 * the middle of one. Spreadsheets also take the wide forms of the four signs.
 */
const FORMULAS = /(^|[;\t\r\n][ "]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g;
