// Commands that take several objects: `projo tasks edit A B --status done`, or `-` for the lines of standard input. Each result is
// reported in the order of the arguments. A failure of one object does not stop the others, but makes the exit code 1.
import { isProjoError, ProjoConnectionError } from "@projostack/sdk";
import { CliError } from "../cli-error.ts";
import type { Cli } from "../cli.ts";
import { retryAfterLimit } from "../connection/retry-after-limit.ts";
import { errorPrefix } from "../terminal/printer.ts";
import { sanitize } from "../terminal/sanitize.ts";
import { count } from "./count.ts";
import { durationOf } from "../connection/explain-connection.ts";

/** More requests at the same time do not make a command faster, because the server limits those of one account. */
const MAX_CONCURRENT = 4;

/** An object that an argument names. */
export interface Target {
  readonly id: string;
}

export interface Work<T extends Target, R> {
  /** What happens to the objects, as in "2 of 3 tasks were not deleted": `task`, `deleted`. */
  readonly noun: string;
  readonly done: string;
  /** Finds the object that an argument names. */
  readonly find: (text: string) => Promise<T>;
  /** Asks for confirmation. @throws CliError when the user does not confirm */
  readonly confirm?: (targets: readonly T[]) => Promise<void>;
  readonly act: (target: T) => Promise<R>;
  readonly print: (result: R, target: T) => void;
  /** Whether an empty line separates the printed results. */
  readonly areRecords?: boolean;
}

type Outcome<V> = { readonly text: string } & ({ readonly value: V } | { readonly error: unknown });

/** Carries out the work for each argument. With one argument, prints its result or throws its error. */
export async function doForEach<T extends Target, R>(
  cli: Cli,
  args: readonly string[],
  work: Work<T, R>,
): Promise<void> {
  const [only, ...others] = args;
  if (only !== undefined && only !== "-" && others.length === 0) {
    await doForOne(cli, only, work);
    return;
  }
  const texts = await readTexts(cli, args);
  if (texts.length === 0 && !cli.json)
    cli.message("Standard input contains no ids, so there is nothing to do.");
  const targets = withoutRepeated(await settle(texts, work.find, (call) => patiently(cli, call)));
  const found = targets.flatMap((target) => ("value" in target ? [target.value] : []));
  if (found.length > 0) await work.confirm?.(found);
  await actOnEach(cli, targets, work);
}

async function doForOne<T extends Target, R>(cli: Cli, text: string, work: Work<T, R>): Promise<void> {
  const target = await work.find(text);
  await work.confirm?.([target]);
  const result = await work.act(target);
  if (cli.json) cli.value(result);
  else work.print(result, target);
}

async function actOnEach<T extends Target, R>(
  cli: Cli,
  targets: readonly Outcome<T>[],
  { act, print, noun, done, areRecords = false }: Work<T, R>,
): Promise<void> {
  const { describeError } = await import("../report-error.ts");
  // The ids that --quiet prints do not contain the errors.
  const hasErrorsInOutput = cli.json && !cli.quiet;
  const values: unknown[] = [];
  let stopped: Error | undefined;
  let failures = 0;
  let printed = 0;
  const report = (nth: number, outcome: Outcome<R>) => {
    const target = targets[nth];
    if ("value" in outcome) {
      if (cli.json) values.push(outcome.value);
      else if (target && "value" in target) {
        if (areRecords && printed > 0) cli.line("");
        print(outcome.value, target.value);
        printed += 1;
      }
      return;
    }
    failures += 1;
    if (concernsAll(outcome.error)) stopped ??= outcome.error;
    const { exitCode: _, ...described } = describeError(outcome.error, cli.io);
    const error = { ...described, message: cli.completeCommands(described.message) };
    values.push({ given: outcome.text, error });
    // The command ends with a failure that concerns all objects, so it is not printed for each.
    if (!hasErrorsInOutput && !concernsAll(outcome.error) && !(outcome.error instanceof NotAttempted))
      cli.io.stderr.write(`${errorPrefix(cli.io)} ${sanitize(withSubject(outcome.text, error.message))}\n`);
  };
  await settle(targets, actOn, (call) => patiently(cli, call), report);
  if (cli.json) cli.value(values);
  const were = failures === 1 ? "was" : "were";
  const summary = `${failures} of ${count(targets.length, noun)} ${were} not ${done}.`;
  if (stopped) {
    if (!hasErrorsInOutput) cli.message(summary);
    throw stopped;
  }
  const where = hasErrorsInOutput ? "See the errors in the output." : "See the errors above.";
  if (failures > 0) throw new CliError("cli.some_failed", `${summary} ${where}`);

  async function actOn(target: Outcome<T>): Promise<R> {
    if ("error" in target) throw target.error;
    return act(target.value);
  }
}

/** Puts the argument before a message that does not name it. */
const withSubject = (text: string, message: string): string =>
  message.includes(`"${text}"`) ? message : `${text}: ${message}`;

/** The arguments, each once. `-` stands for the lines of standard input, of which the first column counts. */
async function readTexts(cli: Cli, args: readonly string[]): Promise<string[]> {
  const lines = args.includes("-") ? (await readPiped(cli)).split(/\r\n|\r|\n/) : [];
  const fromInput = lines.map((line) => (line.split("\t")[0] ?? "").trim()).filter((line) => line !== "");
  return [...new Set(args.flatMap((arg) => (arg === "-" ? fromInput : [arg])))];
}

/** Two arguments may name one object, by its name and by its id. */
function withoutRepeated<T extends Target>(targets: readonly Outcome<T>[]): Outcome<T>[] {
  const known = new Set<string>();
  return targets.filter((target) => {
    if (!("value" in target)) return true;
    const isNew = !known.has(target.value.id);
    known.add(target.value.id);
    return isNew;
  });
}

const textOf = (item: string | { readonly text: string }): string =>
  typeof item === "string" ? item : item.text;

/**
 * Runs the work for each item, a few at the same time, and reports the outcomes in the order of the items. After a failure that
 * concerns all items, the work does not begin for the others.
 */
async function settle<I extends string | { readonly text: string }, V>(
  items: readonly I[],
  work: (item: I) => Promise<V>,
  around: (call: () => Promise<V>) => Promise<V>,
  report: (nth: number, outcome: Outcome<V>) => void = () => {},
): Promise<Outcome<V>[]> {
  const outcomes: Outcome<V>[] = [];
  let begun = 0;
  let reported = 0;
  let isStopped = false;
  const runOne = async (item: I): Promise<Outcome<V>> => {
    const text = textOf(item);
    if (isStopped) return { text, error: new NotAttempted() };
    try {
      return { text, value: await around(() => work(item)) };
    } catch (error) {
      isStopped ||= concernsAll(error);
      return { text, error };
    }
  };
  const runNext = async (): Promise<void> => {
    for (;;) {
      const nth = begun;
      const item = items[nth];
      if (item === undefined) return;
      begun += 1;
      outcomes[nth] = await runOne(item);
      for (let next = outcomes[reported]; next; next = outcomes[reported]) {
        report(reported, next);
        reported += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: MAX_CONCURRENT }, runNext));
  return outcomes;
}

class NotAttempted extends CliError {
  constructor() {
    super("cli.not_attempted", "Not attempted, because of the failure of another one.");
  }
}

/** Returns true for a failure that every further call would have too: no connection, no sign-in. */
function concernsAll(error: unknown): error is Error {
  if (error instanceof CliError) return error.exitCode === 4 || error.exitCode === 130;
  if (error instanceof ProjoConnectionError) return true;
  return (
    isProjoError(error) && (error.reason === "auth.unauthenticated" || error.reason === "auth.token_reused")
  );
}

/** Waits when the budget of requests is exhausted, which many objects may do. */
const patiently = <T>(cli: Cli, call: () => Promise<T>): Promise<T> =>
  retryAfterLimit(call, new AbortController().signal, (seconds) =>
    cli.message(`The server accepts more requests in ${durationOf(seconds)}. Waiting.`),
  );

const readPiped = async ({ io }: Cli): Promise<string> =>
  (await import("../terminal/read-stdin.ts")).readStdin(io);
