// The log for a spreadsheet (RFC 4180). A cell that a spreadsheet would take for a formula begins with an apostrophe
// (OWASP, CSV injection).
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
  const harmless = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
