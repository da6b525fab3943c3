import fc from "fast-check";
import { expect, it } from "vitest";
import { csvLine } from "./csv.ts";

/** The line of an entry with this user agent. */
const lineOf = (userAgent: string): string =>
  csvLine({
    seq: 1,
    hash: "",
    text: JSON.stringify({ seq: 1, action: "task.deleted" }),
    personal: { userAgent: { value: userAgent, salt: "" } },
  });

it("N5 no line of the export has a formula after any separator that a spreadsheet may be set to", () => {
  const piece = fc.constantFrom(";", "\t", "\r", "\n", " ", '"', "=", "+", "-", "@", "\uff1d", "a", "1");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join("");
      const line = lineOf(text);
      expect(line).not.toMatch(/[;\t\r\n][ "]*[=+\-@\uff1d]/);
      // The cell as RFC 4180 has it, without the apostrophes that were put in, is what was on record.
      const cell = line.slice(line.lastIndexOf(",,") + 2);
      const bare = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
      expect(bare).not.toMatch(/^[=+\-@\t\r\n\uff1d]/);
      expect(bare.replaceAll("'", "")).toBe(text);
    }),
  );
});
