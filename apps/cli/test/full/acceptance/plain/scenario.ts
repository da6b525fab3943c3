// A scenario is a list of command lines that people with homes of their own run one after the other against one server.
import type { World } from "./world.ts";

export interface Step {
  /** The line of a shell. It reads the variables of the scenario, such as `$TASK`. */
  readonly line: string;
  /** The expected exit code. Default: 0 */
  readonly exit?: number;
  /** The text of standard input, in which `$NAME` is a variable of the scenario: so a secret is not part of the record. */
  readonly stdin?: string;
  /** The person that runs the line. Default: the first person of the scenario. */
  readonly as?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The variable that gets the output, without the last line break. */
  readonly keep?: string;
  readonly before?: (world: World) => Promise<void>;
  /** For a command that runs until it is stopped: each line runs after the text before it was printed, and SIGINT follows the last text. */
  readonly during?: readonly (readonly [after: string, line: string])[];
  readonly stopAfter?: string;
  /** A failure that prints what was completed, or what was found. */
  readonly printsOnFailure?: true;
  /** The command prints a secret on standard output, because that is its purpose. */
  readonly printsSecret?: true;
  /** The options of the line that name what is selected without them, so that the next command does not repeat them. */
  readonly selectedAnyway?: readonly string[];
  /** A preparation, which the record does not contain. */
  readonly isHidden?: true;
}

export interface Scenario {
  readonly title: string;
  /** The name of the directory and of the domain of the addresses. */
  readonly name: string;
  /** False if the variable PROJO_URL is not set. */
  readonly setsUrl?: false;
  readonly steps: readonly Step[];
}

/** What a line printed. */
export interface Result {
  readonly scenario: Scenario;
  readonly step: Step;
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
  /** The variables and the secrets of the scenario at that moment. */
  readonly variables: ReadonlyMap<string, string>;
  readonly secrets: readonly string[];
}
