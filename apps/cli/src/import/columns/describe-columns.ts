import type { Columns } from "./columns.ts";
import { FIELDS, type Field } from "./column-map.ts";

/** Describes the columns of each field: `title from "Summary", status from "State"`. */
export function describeColumns({ at, names, known, completed }: Columns): string {
  const parts = FIELDS.flatMap((field) => {
    const columns = at[field].map((index) => `"${names[index]}"`);
    return columns.length === 0 ? [] : [`${field} from ${columns.join(" or ")}`];
  });
  if (completed !== undefined) parts.push(`done if "${names[completed]}" has a value`);
  const mapping = `${parts.join(", ")}.`;
  if (known) return `Recognized ${known.tool} export: ${mapping}`;
  return `Columns: ${mapping}`;
}

/** Returns the names of the columns of each field, for programs. */
export const columnNames = ({ at, names }: Columns): Partial<Record<Field, string[]>> =>
  Object.fromEntries(
    FIELDS.filter((field) => at[field].length > 0).map((field) => [
      field,
      at[field].map((index) => names[index] ?? ""),
    ]),
  );

const SHOWN = 10;

/** Names the columns that are not imported; undefined when there are none. */
export function describeIgnored({ ignored }: Columns): string | undefined {
  if (ignored.length === 0) return undefined;
  const more = ignored.length > SHOWN ? ` and ${ignored.length - SHOWN} more` : "";
  const subject = ignored.length === 1 ? "This column is" : "These columns are";
  return `${subject} not imported: ${ignored.slice(0, SHOWN).join(", ")}${more}.`;
}
