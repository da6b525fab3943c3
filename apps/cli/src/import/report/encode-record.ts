/** Writes a record as CSV (RFC 4180). It works on bytes, so that a field that is not UTF-8 stays as it is. */
export function encodeRecord(
  fields: readonly (Buffer | string)[],
  { separator, lineBreak }: { separator: string; lineBreak: string },
): Buffer {
  const cells = fields.map((field) => {
    const text = (typeof field === "string" ? Buffer.from(field) : field).toString("latin1");
    const needsQuotes = text.includes(separator) || /["\r\n]|^\s|\s$/.test(text);
    return needsQuotes ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return Buffer.from(`${cells.join(separator)}${lineBreak}`, "latin1");
}
