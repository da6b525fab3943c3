import { CliError } from "../cli-error.ts";

export interface Named {
  id: string;
  name: string;
}

interface Lookup {
  /** The kind of object: `project`, `deleted workspace`. */
  noun: string;
  name: string;
  /** The command that lists the objects. Default: `projo <noun>s list`. */
  see?: string | undefined;
}

/** Returns the only object found. @throws CliError when there is none or more than one */
export function pickByName<T extends Named>(
  found: readonly T[],
  { noun, name, see = `projo ${noun}s list` }: Lookup,
): T {
  const [first, ...others] = found;
  const reason = `cli.${noun.replaceAll(" ", "_")}`;
  if (!first) throw new CliError(`${reason}_not_found`, `There is no ${noun} "${name}". See: ${see}`);
  if (others.length > 0) {
    const ids = found.map(({ id }) => id);
    throw new CliError(
      `${reason}_ambiguous`,
      `${found.length} ${noun}s have the name "${name}". Use the id instead: ${ids.join(", ")}`,
      { details: { ids } },
    );
  }
  return first;
}
