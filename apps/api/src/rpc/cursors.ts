// A cursor marks the end of a page: the id of its last item, and a MAC that binds the cursor to its list. A cursor that was
// changed, or is used with another workspace, operation or filter, is rejected.
import type { KeyRing } from "../identity/key-ring.ts";
import { Failure } from "./failures/failure.ts";

export interface Page {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface Cursors {
  /** The id after which the page begins, or undefined for the first page. @throws Failure cursor.invalid */
  after(input: Page): string | undefined;
  /** Creates a page from up to `limit` + 1 items. The extra item shows that there is a next page. */
  page<T extends { id: string }>(input: Page, items: readonly T[]): { items: T[]; nextCursor: string | null };
}

/** The scope that the cursors of one call are bound to. */
export interface CursorScope {
  /** The id of the workspace, or of the user for a list of the user's own. */
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
        // Decoding ignores stray characters and bits, so the text must equal the canonical encoding.
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
 * The same as `after`, without verifying the cursor; null when the text cannot be a cursor. Rows found with the result must
 * not be returned before `after` has verified the cursor.
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

/** The inputs that decide which items the list contains: all but the cursor and the limit. */
function filtersOf(input: Page): [string, unknown][] {
  return Object.entries(input)
    .filter(([name, value]) => name !== "cursor" && name !== "limit" && value !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function uuidOf(bytes: Buffer): string {
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
