import { createHmac } from "node:crypto";

/** The bytes of a UUIDv7 that hold its time and its counter. The last six bits of the counter are in the byte after them. */
const ORDERED_BYTES = 10;
const COUNTER_BITS = 0b1111_1100;

/**
 * Derives the id of an imported row from the id that it had. The same row always gets the same id, so a repeated call inserts
 * nothing twice, and references between rows need no table. The part of a UUIDv7 that orders it stays, so lists keep their order.
 * The other bits depend on the salt of the import, which no caller knows, so a caller cannot choose the id of a row.
 */
export function importedId(salt: Uint8Array, sourceId: string): string {
  const source = Buffer.from(sourceId.replaceAll("-", ""), "hex");
  const mac = createHmac("sha256", salt).update(source).digest();
  const id = Buffer.concat([source.subarray(0, ORDERED_BYTES), mac.subarray(ORDERED_BYTES, 16)]);
  const [kept = 0, random = 0] = [source[ORDERED_BYTES], mac[ORDERED_BYTES]];
  id[ORDERED_BYTES] = (kept & COUNTER_BITS) | (random & ~COUNTER_BITS);
  return id.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
