import { usageError } from "../../cli-error.ts";

export const FIELDS = ["title", "status", "project", "id"] as const;
/** What a row says about its task. `id` is its id in the tool that it comes from. */
export type Field = (typeof FIELDS)[number];

/** The columns that the option --map names. */
export type ColumnMap = Readonly<Partial<Record<Field, string>>>;

const EXAMPLE = 'For example: --map "title=Summary,status=State"';

/** Parses `title=Summary,status=State`. A comma belongs to a name unless a field follows. @throws CliError */
export function parseColumnMap(options: readonly string[]): ColumnMap {
  const map: Partial<Record<Field, string>> = {};
  for (const part of options.flatMap((option) => option.split(/,(?=\s*\p{L}+\s*=)/u))) {
    const [, name = "", column = ""] = /^\s*([^=]*?)\s*=\s*(.*?)\s*$/s.exec(part) ?? [];
    const field = FIELDS.find((known) => known === name.toLowerCase());
    if (!field || column === "") {
      const problem =
        column === "" ? `"${part.trim()}" names no column.` : `There is no field "${name}" to map.`;
      throw usageError(`--map: ${problem} Map title, status, project or id. ${EXAMPLE}`);
    }
    if (map[field] !== undefined) throw usageError(`--map names two columns for ${field}. Name one.`);
    map[field] = column;
  }
  return map;
}
