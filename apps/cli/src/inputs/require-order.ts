import { usageError } from "../cli-error.ts";

type Bound = readonly [option: string, time: string | undefined];

/** Explains an empty list: nothing is after a time and before an earlier one. @throws CliError when the times are in no order */
export function requireOrder([first, from]: Bound, [second, to]: Bound): void {
  if (from !== undefined && to !== undefined && Date.parse(from) >= Date.parse(to))
    throw usageError(`${first}: use a time before that of ${second}, or nothing can match.`);
}
