import { type Command, InvalidArgumentError, Option } from "commander";
import type { Page } from "@projostack/sdk";
import type { Cli } from "../cli.ts";
import type { Column } from "../terminal/table.ts";

export interface PageOptions {
  limit: number;
  cursor?: string;
  all?: boolean;
}

const MOST_IN_PAGE = 100;

export const addPageOptions = (command: Command): Command =>
  command
    .addOption(new Option("--limit <n>", "the most to show").default(20).argParser(parseLimit))
    .option("--cursor <cursor>", "continue where an earlier list ended")
    .addOption(new Option("--all", "show all of them").conflicts("limit"));

function parseLimit(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("It must be a whole number from 1.");
  return Number(text);
}

/** As many as were asked for, over as many pages of the server as it takes. */
export async function gather<T>(
  { limit, cursor, all }: PageOptions,
  fetchPage: (page: { limit: number; cursor?: string }) => PromiseLike<Page<T>>,
): Promise<Page<T>> {
  const items: T[] = [];
  const wanted = all ? Number.POSITIVE_INFINITY : limit;
  let next: string | null = cursor ?? null;
  do {
    const page = {
      limit: Math.min(MOST_IN_PAGE, wanted - items.length),
      ...(next !== null && { cursor: next }),
    };
    const { items: more, nextCursor }: Page<T> = await fetchPage(page);
    items.push(...more);
    next = nextCursor;
  } while (next !== null && items.length < wanted);
  return { items, nextCursor: next };
}

interface Shown<T> {
  columns: readonly Column<T>[];
  /** Said when there are none. */
  none: string;
}

/** JSON for programs; a table for people, and how to see more. */
export function printPage<T>(cli: Cli, { items, nextCursor }: Page<T>, { columns, none }: Shown<T>): void {
  if (cli.json) {
    cli.value({ items, nextCursor });
    return;
  }
  if (items.length === 0) cli.say(none);
  else cli.table(items, columns);
  if (nextCursor !== null) cli.say(`There are more: add --all, or --cursor ${nextCursor}`);
}
