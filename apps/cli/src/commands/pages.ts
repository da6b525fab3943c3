import { type Command, InvalidArgumentError, Option } from "commander";
import type { Page } from "@projostack/sdk";
import type { Cli } from "../cli.ts";
import { addListFormat } from "../output/output-options.ts";
import type { Column } from "../terminal/table.ts";

export interface PageOptions {
  limit: number;
  cursor?: string;
  all?: boolean;
}

const MAX_PAGE_SIZE = 100;

export const addPageOptions = (command: Command): Command =>
  addListFormat(command)
    .addOption(new Option("--limit <n>", "maximum number of items").default(20).argParser(parseLimit))
    .option("--cursor <cursor>", "continue after an earlier list")
    .addOption(new Option("--all", "show all items").conflicts("limit"));

function parseLimit(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new InvalidArgumentError(
      /^\d{10,}$/.test(text)
        ? "Use at most 999999999, or --all for all items."
        : "It must be a whole number of at least 1.",
    );
  return Number(text);
}

/** Fetches as many items as the options ask for, over as many of the server's pages as needed. */
export async function collectPages<T>(
  { limit, cursor, all }: PageOptions,
  fetchPage: (page: { limit: number; cursor?: string }) => PromiseLike<Page<T>>,
): Promise<Page<T>> {
  const items: T[] = [];
  const maximum = all ? Number.POSITIVE_INFINITY : limit;
  let next: string | null = cursor ?? null;
  do {
    const page = {
      limit: Math.min(MAX_PAGE_SIZE, maximum - items.length),
      ...(next !== null && { cursor: next }),
    };
    const { items: more, nextCursor }: Page<T> = await fetchPage(page);
    items.push(...more);
    next = nextCursor;
  } while (next !== null && items.length < maximum);
  return { items, nextCursor: next };
}

interface PageOutput<T> {
  columns: readonly Column<T>[];
  /** The message for an empty list. */
  none: string;
}

/** Prints a page as a list, or as the user chose, with a hint when there are more items. */
export async function printPage<T>(
  cli: Cli,
  { items, nextCursor }: Page<T>,
  { columns, none }: PageOutput<T>,
): Promise<void> {
  if (cli.json) cli.value({ items, nextCursor });
  else {
    await cli.list(items, columns);
    if (items.length === 0) cli.message(none);
  }
  if (nextCursor !== null && !cli.showsCursor)
    cli.message(`There are more items. Add --all, or --cursor ${nextCursor}`);
}
