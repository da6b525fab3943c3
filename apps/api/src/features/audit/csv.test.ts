import fc from "fast-check";
import { expect, it } from "vitest";
import { csvLine } from "./csv.ts";

/** The CSV line of an entry with the given user agent. */
const lineOf = (userAgent: string): string =>
  csvLine({
    seq: 1,
    hash: "",
    text: JSON.stringify({ seq: 1, action: "task.deleted" }),
    personal: { userAgent: { value: userAgent, salt: "" } },
  });

it("N5 no exported line contains a formula after any separator that a spreadsheet may use", () => {
  const piece = fc.constantFrom(";", "\t", "\r", "\n", " ", '"', "=", "+", "-", "@", "\uff1d", "a", "1");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join("");
      const line = lineOf(text);
      expect(line).not.toMatch(/[;\t\r\n][ "]*[=+\-@\uff1d]/);
      // Without the RFC 4180 quotes and the added apostrophes, the cell equals the recorded text.
      const cell = line.slice(line.lastIndexOf(",,") + 2);
      const bare = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
      expect(bare).not.toMatch(/^[=+\-@\t\r\n\uff1d]/);
      expect(bare.replaceAll("'", "")).toBe(text);
    }),
  );
});
