import { readInput } from "@projostack/contract";
import { invalidFields } from "../../rpc/failures/invalid-input.ts";

type Schema = Parameters<typeof readInput>[0];
type Row<S extends Schema> = NonNullable<ReturnType<typeof readInput<S>>["data"]>;

const MAX_PROBLEMS = 5;

/** Parses the lines of a file. @throws Failure input.invalid with the number of the line in the call, such as `lines.17` */
export function parseLines<S extends Schema>(schema: S, lines: readonly string[]): Row<S>[] {
  return lines.map((line, at) => {
    const { data, fieldErrors } = readInput(schema, jsonOf(line));
    if (fieldErrors === null) return data as Row<S>;
    const problems = Object.entries(fieldErrors).flatMap(([field, messages]) =>
      messages.map((message) => (field ? `${field}: ${message}` : message)),
    );
    throw invalidFields({ [`lines.${at}`]: problems.slice(0, MAX_PROBLEMS) });
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
