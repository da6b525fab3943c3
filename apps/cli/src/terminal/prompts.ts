// Prompts for the user. They go to stderr, so that stdout holds data only.
import { Writable } from "node:stream";
import type * as clack from "@clack/prompts";
import { interrupted, usageError } from "../cli-error.ts";
import { columnsOf, type Io, isInteractive, type Output, takesColour } from "../io.ts";
import { wordRows } from "./labelled-rows.ts";

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

/** The columns of the mark before a message, and a free one after it. */
const BESIDE_MESSAGE = 4;

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
  const colour = takesColour(io, io.stderr);
  const isSuitable = colour && io.stderr.columns !== 0 && io.stderr.rows !== 0;
  // The library wraps a long message twice, which leaves rows of one word.
  const rows = wordRows(message, columnsOf(io.stderr) - BESIDE_MESSAGE);
  const output = isSuitable ? io.stderr : adapted(io.stderr, { colour });
  for (;;) {
    const { signal, wasSuspended, release } = watch(io, output);
    try {
      const answer = await prompt(library, {
        message: rows.join("\n"),
        input: io.stdin,
        output,
        withGuide: false,
        signal,
      });
      if (!library.isCancel(answer)) return answer;
      // The shell has written over the prompt, so it is shown again.
      if (!wasSuspended()) throw interrupted();
    } finally {
      release();
    }
  }
}

/**
 * Watches for the ends of a prompt that the prompt library does not handle: it would wait forever, or leave the cursor hidden. The
 * signal aborts at a stop signal, at Ctrl-D on an empty line, when the terminal was closed, and when the process continues after
 * Ctrl-Z.
 */
function watch(io: Io, output: Output) {
  const { stdin } = io;
  const control = new AbortController();
  let isSuspended = false;
  const cancel = () => control.abort();
  // `kill` of a suspended job also continues it, so both can end the prompt.
  const stop = () => {
    isSuspended = false;
    cancel();
  };
  const onKey = (_text: unknown, key?: { ctrl?: boolean; name?: string; sequence?: string }) => {
    if (key?.sequence === CTRL_BACKSLASH) stop();
    // With text on the line, Ctrl-D deletes a character. On an empty line, readline closes, which pauses the input.
    if (key?.ctrl && key.name === "d") setImmediate(() => stdin.isPaused() && cancel());
    if (!key?.ctrl || key.name !== "z" || !io.onContinue) return;
    // After this listener, readline suspends the process. When the process continues, readline no longer reads.
    isSuspended = true;
    output.write(SHOW_CURSOR);
    io.onContinue(() => setImmediate(cancel));
  };
  stdin.on("keypress", onKey);
  for (const event of ENDS_OF_INPUT) stdin.on(event, cancel);
  const removeListener = io.onInterrupt(stop);
  return {
    signal: control.signal,
    wasSuspended: () => isSuspended,
    release: () => {
      removeListener();
      stdin.off("keypress", onKey);
      for (const event of ENDS_OF_INPUT) stdin.off(event, cancel);
    },
  };
}

/** In a prompt, the terminal sends no SIGQUIT. */
const CTRL_BACKSLASH = "\u001c";

const ENDS_OF_INPUT = ["end", "close", "error"] as const;

const SHOW_CURSOR = "\u001b[?25h";

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
