// The position of an item in the order of its list, as the bytes of a cursor: the id, and in the order of the last change also the
// time of the change.
import { DEFAULT_ORDER, type ListOrder } from "@projostack/contract";
import type { ListPosition } from "@projostack/db";

const ID_BYTES = 16;
const TIME_BYTES = 8;

export const POSITION_BYTES: Readonly<Record<ListOrder, number>> = {
  newest: ID_BYTES,
  oldest: ID_BYTES,
  last_changed: ID_BYTES + TIME_BYTES,
};

interface Item {
  readonly id: string;
  readonly updatedAt?: string;
}

export function bytesOf({ id, updatedAt = "" }: Item, order: ListOrder = DEFAULT_ORDER): Buffer {
  const idBytes = Buffer.from(id.replaceAll("-", ""), "hex");
  if (order !== "last_changed") return idBytes;
  const time = Buffer.alloc(TIME_BYTES);
  time.writeDoubleBE(Date.parse(updatedAt));
  return Buffer.concat([idBytes, time]);
}

/** Reads a position. Null when the bytes are no position: the bytes of an unverified cursor can be anything. */
export function positionIn(place: Buffer): ListPosition | null {
  if (place.length < ID_BYTES) return null;
  const id = uuidOf(place);
  if (place.length === ID_BYTES) return { id };
  if (place.length !== ID_BYTES + TIME_BYTES) return null;
  const time = place.readDoubleBE(ID_BYTES);
  return time >= FIRST && time <= LAST ? { id, changedAt: new Date(time) } : null;
}

/** The text that the MAC of a cursor covers. */
export const textOf = (place: Buffer): string =>
  place.length === ID_BYTES ? uuidOf(place) : place.toString("hex");

/** PostgreSQL accepts no ISO form of a year before 1 or after 9999. */
const FIRST = Date.parse("0001-01-01T00:00:00Z");
const LAST = Date.parse("9999-12-31T23:59:59.999Z");

function uuidOf(bytes: Buffer): string {
  return bytes.toString("hex", 0, ID_BYTES).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
