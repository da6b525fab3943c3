// A cursor says where a page ended: the id of its last item, and a code that binds it to the list it is from.
// Whoever changes it, or takes it to another workspace, operation or filter, is told that it does not belong.
import type { KeyRing } from "../identity/key-ring.ts";
import { Failure } from "./failure.ts";

export interface Page {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface Cursors {
  /** The id after which the page begins, or undefined at the start. @throws Failure cursor.invalid */
  after(input: Page): string | undefined;
  /** The page of the items asked for and one more, which tells whether there is a next page. */
  page<T extends { id: string }>(input: Page, items: readonly T[]): { items: T[]; nextCursor: string | null };
}

/** What the cursors of one call are bound to. */
export interface CursorScope {
  /** The workspace, or the person where the list is theirs. */
  readonly owner: string;
  readonly operation: string;
}

const ID_BYTES = 16;
const CODE_BYTES = 16;

export function createCursors(keys: KeyRing, { owner, operation }: CursorScope): Cursors {
  const messageOf = (id: string, input: Page) => JSON.stringify([owner, operation, filtersOf(input), id]);
  return {
    after: (input) => {
      if (input.cursor === undefined) return undefined;
      const { bytes, id } = read(input.cursor);
      const genuine =
        // Decoding passes over stray characters and bits, so the text must be the very one that was given out.
        bytes.toString("base64url") === input.cursor &&
        keys.verify("cursor", messageOf(id, input), bytes.subarray(ID_BYTES));
      if (!genuine) throw new Failure("cursor.invalid");
      return id;
    },
    page: (input, found) => {
      const items = found.slice(0, input.limit);
      const last = items.at(-1);
      if (found.length <= input.limit || !last) return { items, nextCursor: null };
      const id = Buffer.from(last.id.replaceAll("-", ""), "hex");
      const code = keys.sign("cursor", messageOf(last.id, input));
      return { items, nextCursor: Buffer.concat([id, code]).toString("base64url") };
    },
  };
}

/**
 * As `after`, by a cursor that nobody has checked yet: nothing that is found with it may be told before `after` has. Null
 * where it cannot be a cursor.
 */
export function unverifiedAfter({ cursor }: Page): string | undefined | null {
  if (cursor === undefined) return undefined;
  const { bytes, id } = read(cursor);
  return bytes.length === ID_BYTES + CODE_BYTES ? id : null;
}

function read(cursor: string): { bytes: Buffer; id: string } {
  const bytes = Buffer.from(cursor, "base64url");
  return { bytes, id: uuidOf(bytes.subarray(0, ID_BYTES)) };
}

/** Everything that decides which items are on the list; neither where the page begins nor how long it is. */
function filtersOf(input: Page): [string, unknown][] {
  return Object.entries(input)
    .filter(([name, value]) => name !== "cursor" && name !== "limit" && value !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function uuidOf(bytes: Buffer): string {
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
