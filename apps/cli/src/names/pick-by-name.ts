import { CliError, usageError } from "../cli-error.ts";
import { readId, withIdPrefix } from "./ids.ts";
import type { Named } from "./named.ts";
import { similarName } from "./similar-name.ts";
import { withName } from "./with-name.ts";

interface Lookup {
  /** The kind of object: `project`, `deleted workspace`. */
  noun: string;
  name: string;
  /** The command that lists the objects. Default: `projo <noun>s list`. */
  see?: string | undefined;
  /** The names among which there is perhaps a similar one. */
  names?: readonly string[];
}

/** A message lists no more candidates than this. */
export const MAX_CANDIDATES = 10;

/** Returns the only object found. @throws CliError when there is none or more than one */
export function pickByName<T extends Named>(
  found: readonly T[],
  { noun, name, see = `projo ${noun}s list`, names = [] }: Lookup,
): T {
  const [first, ...others] = found;
  const reason = `cli.${noun.replaceAll(" ", "_")}`;
  if (name.trim() === "") throw usageError(`The ${noun} must not be empty. See: ${see}`);
  if (!first) {
    const similar = similarName(name, names);
    const question = similar === undefined ? "" : ` Did you mean ${similar}?`;
    throw new CliError(`${reason}_not_found`, `There is no ${noun} "${name}".${question} See: ${see}`);
  }
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

/**
 * Returns the object with this id, else the one with this name, else the one whose id begins with the text.
 * @throws CliError when there is none, or more than one
 */
export function pick<T extends Named>(objects: readonly T[], given: Lookup): T {
  const lookup = { names: objects.map(({ name }) => name), ...given };
  const id = readId(lookup.name);
  const found = objects.find((one) => one.id === id);
  if (found) return found;
  const named = withName(objects, lookup.name);
  return named.length > 0
    ? pickByName(named, lookup)
    : pickByPrefix(withIdPrefix(objects, lookup.name), lookup);
}

/** Returns the only object whose id begins with the text. @throws CliError when there is none, or more than one */
export function pickByPrefix<T extends Named>(found: readonly T[], lookup: Lookup): T {
  if (found.length <= 1) return pickByName(found, lookup);
  const { noun, name } = lookup;
  const shown = found.slice(0, MAX_CANDIDATES);
  const count = found.length > MAX_CANDIDATES ? `More than ${MAX_CANDIDATES}` : String(found.length);
  const candidates = shown.map((one) => `${one.id} (${one.name})`).join(", ");
  throw new CliError(
    `cli.${noun.replaceAll(" ", "_")}_ambiguous`,
    `${count} ${noun}s have an id that begins with "${name.trim()}": ${candidates}. Use more of the id.`,
    { details: { ids: shown.map(({ id }) => id) } },
  );
}
