// A cursor marks the end of a page: the position of its last item, and a MAC that binds the cursor to its list. A cursor that was
// changed, or is used with another workspace, operation, filter or order, is rejected.
import { DEFAULT_ORDER, type ListOrder } from "@projostack/contract";
import type { ListPosition } from "@projostack/db";
import type { KeyRing } from "../identity/key-ring.ts";
import { Failure } from "./failures/failure.ts";
import { bytesOf, POSITION_BYTES, positionIn, textOf } from "./list-position.ts";

export interface Page {
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** For a list that has several orders. */
  readonly order?: ListOrder | undefined;
  /** For a list whose items have fields on request. */
  readonly include?: readonly string[] | undefined;
}

/** An item of a list. `updatedAt` is the place of an item in the order of the last change. */
export interface ListItem {
  readonly id: string;
  readonly updatedAt?: string;
}

export interface Cursors {
  /** The id after which the page begins, or undefined for the first page. @throws Failure cursor.invalid */
  after(input: Page): string | undefined;
  /** The position after which the page begins, for a list with several orders. @throws Failure cursor.invalid */
  position(input: Page): ListPosition | undefined;
  /** Creates a page from up to `limit` + 1 items. The extra item shows that there is a next page. */
  page<T extends ListItem>(input: Page, items: readonly T[]): { items: T[]; nextCursor: string | null };
}

/** The scope that the cursors of one call are bound to. */
export interface CursorScope {
  /** The id of the workspace, or of the user for a list of the user's own. */
  readonly owner: string;
  readonly operation: string;
}

const CODE_BYTES = 16;

export function createCursors(keys: KeyRing, { owner, operation }: CursorScope): Cursors {
  const messageOf = (place: Buffer, input: Page) =>
    JSON.stringify([owner, operation, filtersOf(input), textOf(place)]);
  const position = (input: Page): ListPosition | undefined => {
    if (input.cursor === undefined) return undefined;
    const { bytes, place, code } = read(input.cursor, input.order);
    const genuine =
      // Decoding ignores stray characters and bits, so the text must equal the canonical encoding.
      bytes.toString("base64url") === input.cursor && keys.verify("cursor", messageOf(place, input), code);
    const found = genuine ? positionIn(place) : null;
    if (!found) throw new Failure("cursor.invalid");
    return found;
  };
  return {
    position,
    after: (input) => position(input)?.id,
    page: (input, found) => {
      const items = found.slice(0, input.limit);
      const last = items.at(-1);
      if (found.length <= input.limit || !last) return { items, nextCursor: null };
      const place = bytesOf(last, input.order);
      const code = keys.sign("cursor", messageOf(place, input));
      return { items, nextCursor: Buffer.concat([place, code]).toString("base64url") };
    },
  };
}

/**
 * The same as `position`, without verifying the cursor; null when the text cannot be a cursor. Rows found with the result must
 * not be returned before `position` has verified the cursor.
 */
export function unverifiedPosition({ cursor, order }: Page): ListPosition | undefined | null {
  if (cursor === undefined) return undefined;
  const { place, code } = read(cursor, order);
  return code.length === CODE_BYTES ? positionIn(place) : null;
}

function read(cursor: string, order: ListOrder = DEFAULT_ORDER) {
  const bytes = Buffer.from(cursor, "base64url");
  const length = POSITION_BYTES[order];
  return { bytes, place: bytes.subarray(0, length), code: bytes.subarray(length) };
}

/**
 * The inputs that decide which items the list contains, and their order: all but the cursor, the limit and the fields on request. The
 * default order is the same as none.
 */
function filtersOf({ cursor: _, limit: __, include: ___, order, ...filters }: Page): [string, unknown][] {
  return Object.entries({ ...filters, order: order === DEFAULT_ORDER ? undefined : order })
    .filter(([, value]) => value !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}
