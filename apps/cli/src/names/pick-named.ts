import { CliError } from "../cli-error.ts";

export interface Named {
  id: string;
  name: string;
}

interface Asked {
  /** `project` or `deleted workspace`. */
  noun: string;
  name: string;
  /** The command that lists them, where it is not named after the noun. */
  see?: string | undefined;
}

/** The one that has the name, letter for letter. */
export function pickNamed<T extends Named>(
  found: readonly T[],
  { noun, name, see = `projo ${noun}s list` }: Asked,
): T {
  const [first, ...others] = found;
  const reason = `cli.${noun.replaceAll(" ", "_")}`;
  if (!first) throw new CliError(`${reason}_not_found`, `There is no ${noun} "${name}". See: ${see}`);
  if (others.length > 0) {
    const ids = found.map(({ id }) => id);
    throw new CliError(
      `${reason}_ambiguous`,
      `${found.length} ${noun}s are named "${name}". Give the id of the one you mean: ${ids.join(", ")}`,
      { details: { ids } },
    );
  }
  return first;
}
