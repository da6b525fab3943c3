// Prompts for the user. They go to stderr, so that stdout holds data only.
import { Writable } from "node:stream";
import type * as clack from "@clack/prompts";
import { interrupted, usageError } from "../cli-error.ts";
import { columnsOf, type Io, isInteractive, type Output, takesColour } from "../io.ts";

/** A prompt. `nonInteractiveHint` is the error message when there is no terminal to prompt on. */
export interface Question {
  message: string;
  nonInteractiveHint: string;
}

export const askText = (io: Io, question: Question): Promise<string> =>
  ask(io, question, ({ text }, common) =>
    text({ ...common, validate: (value) => (value ? undefined : "Enter a value.") }),
  );

/** Prompts for a secret. Shows a mark for each character instead of the character. */
export const askPassword = (io: Io, question: Question): Promise<string> =>
  ask(io, question, ({ password }, common) =>
    password({ ...common, validate: (value) => (value ? undefined : "Enter a value.") }),
  );

export const askConfirmation = (io: Io, question: Question): Promise<boolean> =>
  ask(io, question, ({ confirm }, common) => confirm({ ...common, initialValue: false }));

/** Prompts for one of several choices and returns its value. The first choice is preselected. */
export const askChoice = (
  io: Io,
  { choices, ...question }: Question & { choices: readonly { value: string; label: string }[] },
): Promise<string> =>
  ask(io, question, ({ select }, common) => select<string>({ ...common, options: [...choices] }));

interface Common {
  message: string;
  input: Io["stdin"];
  output: Output;
  withGuide: false;
  signal: AbortSignal;
}

async function ask<T>(
  io: Io,
  { message, nonInteractiveHint }: Question,
  prompt: (library: typeof clack, common: Common) => Promise<T | typeof clack.CANCEL_SYMBOL>,
): Promise<T> {
  if (!isInteractive(io)) throw usageError(nonInteractiveHint);
  // Loaded only here, so that commands without a prompt start faster.
  const library = await import("@clack/prompts");
  const { columns, rows } = io.stderr;
  const colour = takesColour(io, io.stderr);
  const isSuitable = colour && columns !== 0 && rows !== 0;
  const output = isSuitable ? io.stderr : adapted(io.stderr, { colour });
  const control = new AbortController();
  const cancel = () => control.abort();
  const release = [io.onInterrupt(cancel), onEndOfInput(io.stdin, cancel)];
  const { signal } = control;
  try {
    const answer = await prompt(library, { message, input: io.stdin, output, withGuide: false, signal });
    if (library.isCancel(answer)) throw interrupted();
    return answer;
  } finally {
    for (const remove of release) remove();
  }
}

/**
 * Calls the listener when no more input can come: at Ctrl-D on an empty line, and when the terminal was closed. The prompt library
 * waits forever then. The returned function removes the listener.
 */
function onEndOfInput(input: Io["stdin"], listener: () => void): () => void {
  const onKey = (_text: unknown, key?: { ctrl?: boolean; name?: string }) => {
    // With text on the line, Ctrl-D deletes a character. On an empty line, readline closes, which pauses the input.
    if (key?.ctrl && key.name === "d") setImmediate(() => input.isPaused() && listener());
  };
  const events = ["end", "close", "error"] as const;
  input.on("keypress", onKey);
  for (const event of events) input.on(event, listener);
  return () => {
    input.off("keypress", onKey);
    for (const event of events) input.off(event, listener);
  };
}

/**
 * Adapts a terminal for the prompt library, which ignores NO_COLOR and shows no typed text in a terminal of 0 columns or
 * rows. Keeps the sequences that move the cursor.
 */
function adapted(output: Output, { colour }: { colour: boolean }): Output {
  const plain: Output = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      output.write(colour ? chunk : String(chunk).replaceAll(COLOUR, ""), done);
    },
  });
  return Object.assign(plain, { isTTY: true, columns: columnsOf(output) });
}

// oxlint-disable-next-line no-control-regex -- the escape character starts a colour sequence
const COLOUR = /\u001b\[[\d;]*m/g;
