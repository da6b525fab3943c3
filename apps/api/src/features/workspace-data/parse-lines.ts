import { invalidFields } from "../../rpc/failures/invalid-input.ts";

/** A schema of zod. */
interface LineSchema<Row> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: Row }
    | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Parses the lines of a file. @throws Failure input.invalid with the number of the line in the call, such as `lines.17` */
export function parseLines<Row>(schema: LineSchema<Row>, lines: readonly string[]): Row[] {
  return lines.map((line, at) => {
    const parsed = schema.safeParse(jsonOf(line));
    if (parsed.success) return parsed.data;
    const problems = parsed.error.issues.slice(0, 5).map(({ path, message }) => {
      const field = path.map(String).join(".");
      return field ? `${field}: ${message}` : message;
    });
    throw invalidFields({ [`lines.${at}`]: problems });
  });
}

/** Returns undefined for a line that is not JSON, which no schema accepts. */
function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
