// Finds variables that begin with PROJO_ and that no program of ProjoStack reads. A misspelt variable has no effect, so the
// setting keeps its default without a sign: `PROJO_EVN=production` starts a development server.
import { secretNames } from "./secrets.ts";
import { variables } from "./variables.ts";

export interface UnknownVariable {
  readonly name: string;
  /** The variable that the name is probably a misspelling of; null when none is similar. */
  readonly meant: string | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

export const unknownVariables = (env: Environment): UnknownVariable[] =>
  Object.keys(env)
    .filter((name) => PREFIX.test(name) && env[name] !== undefined && !isKnown(name, env[name]))
    .toSorted()
    .map((name) => ({ name, meant: meantBy(name) }));

/** Describes a variable that is probably misspelt. It is refused in every mode. */
export const misspeltProblem = ({ name, meant }: UnknownVariable): string =>
  meant !== null && name === `${meant}_FILE`
    ? `${name} is not a setting: only secrets can be read from files. Set ${meant} itself.`
    : `${name} is not a setting. Did you mean ${meant}? Correct the name, or remove the variable.`;

const PREFIX = /^PROJO_/i;

const serverNames = Object.keys(variables);
const secretFiles = [...secretNames].map((name) => `${name}_FILE`);

/** The variables of `projo` and of the SDK, which may share an environment with the server. */
const clientNames = [
  "PROJO_URL",
  "PROJO_TOKEN",
  "PROJO_TOKEN_FILE",
  "PROJO_WORKSPACE",
  "PROJO_CONFIG_DIR",
  "PROJO_CA_FILE",
  "PROJO_DEBUG",
];

/** The variables of the tests in this repository. */
const TESTS = /^PROJO_(?:TEST|SIMULATION|PRESSURE)_/;

const known: ReadonlySet<string> = new Set([...serverNames, ...secretFiles, ...clientNames]);

const isKnown = (name: string, value = ""): boolean =>
  known.has(name) || TESTS.test(name) || isOfService(name, value);

/**
 * Whether Kubernetes or Docker added the variable. They describe each service to every container of its namespace, and a
 * service may be named `projo`.
 */
const isOfService = (name: string, value: string): boolean =>
  /_SERVICE_(?:HOST|PORT)(?:_[A-Z\d_]+)?$/.test(name) ||
  /_PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?$/.test(name) ||
  (name.endsWith("_PORT") && /^(?:tcp|udp|sctp):\/\//.test(value));

function meantBy(name: string): string | null {
  const upper = name.toUpperCase();
  const rest = upper.replace(PREFIX, "");
  // The name has no prefix, its words are in another order, or it is no secret.
  const certain = [...serverNames, ...secretFiles].find(
    (candidate) =>
      candidate === upper ||
      candidate === rest ||
      wordsOf(candidate) === wordsOf(upper) ||
      `${candidate}_FILE` === upper,
  );
  if (certain !== undefined) return certain;
  const similar = [...serverNames, ...secretFiles]
    .map((candidate) => ({ candidate, distance: distanceOf(candidate.replace(PREFIX, ""), rest) }))
    .filter(({ distance }) => distance <= (rest.length <= 4 ? 1 : rest.length <= 8 ? 2 : 3))
    .toSorted((a, b) => a.distance - b.distance);
  return similar[0]?.candidate ?? null;
}

const wordsOf = (name: string): string => name.split("_").toSorted().join("_");

/** The number of inserted, removed, replaced and exchanged characters between two words (optimal string alignment). */
function distanceOf(from: string, to: string): number {
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const next = [row];
    for (let column = 1; column <= to.length; column++) {
      const isEqual = from[row - 1] === to[column - 1];
      const isExchanged = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      next[column] = Math.min(
        at(last, column) + 1,
        at(next, column - 1) + 1,
        at(last, column - 1) + (isEqual ? 0 : 1),
        isExchanged ? at(before, column - 2) + 1 : Infinity,
      );
    }
    [before, last] = [last, next];
  }
  return at(last, to.length);
}

const at = (row: readonly number[], column: number): number => row[column] ?? Infinity;
