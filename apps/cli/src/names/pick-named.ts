import { CliError } from "../cli-error.ts";

export interface Named {
  id: string;
  name: string;
}

interface Asked {
  /** `project` or `workspace`. */
  noun: string;
  name: string;
}

/** The one that has the name, letter for letter. */
export function pickNamed<T extends Named>(found: readonly T[], { noun, name }: Asked): T {
  const [first, ...others] = found;
  if (!first) {
    throw new CliError(`cli.${noun}_not_found`, `There is no ${noun} "${name}". See: projo ${noun}s list`);
  }
  if (others.length > 0) {
    const ids = found.map(({ id }) => id);
    throw new CliError(
      `cli.${noun}_ambiguous`,
      `${found.length} ${noun}s are named "${name}". Give the id of the one you mean: ${ids.join(", ")}`,
      { details: { ids } },
    );
  }
  return first;
}
