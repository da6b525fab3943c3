// Questions to the person at the keyboard. They go to stderr, so that stdout stays data.
import { Writable } from "node:stream";
import { type CANCEL_SYMBOL, confirm, isCancel, password, select, text } from "@clack/prompts";
import { interrupted, usageError } from "../cli-error.ts";
import { type Io, isInteractive, type Output, takesColour } from "../io.ts";

/** `instead` says what to type when nobody is there to answer. */
export interface Question {
  message: string;
  instead: string;
}

export const askText = (io: Io, question: Question): Promise<string> =>
  ask(io, question, (common) =>
    text({ ...common, validate: (value) => (value ? undefined : "Type something.") }),
  );

/** Shows a mark for each character instead of the characters. */
export const askPassword = (io: Io, question: Question): Promise<string> =>
  ask(io, question, (common) =>
    password({ ...common, validate: (value) => (value ? undefined : "Type something.") }),
  );

export const askConfirmation = (io: Io, question: Question): Promise<boolean> =>
  ask(io, question, (common) => confirm({ ...common, initialValue: false }));

/** One of several ways to go on, by its value; the first is marked at the start. */
export const askChoice = (
  io: Io,
  { choices, ...question }: Question & { choices: readonly { value: string; label: string }[] },
): Promise<string> => ask(io, question, (common) => select<string>({ ...common, options: [...choices] }));

interface Common {
  message: string;
  input: Io["stdin"];
  output: Output;
  withGuide: false;
}

async function ask<T>(
  io: Io,
  { message, instead }: Question,
  prompt: (common: Common) => Promise<T | typeof CANCEL_SYMBOL>,
): Promise<T> {
  if (!isInteractive(io)) throw usageError(instead);
  const output = takesColour(io, io.stderr) ? io.stderr : withoutColour(io.stderr);
  const answer = await prompt({ message, input: io.stdin, output, withGuide: false });
  if (isCancel(answer)) throw interrupted();
  return answer;
}

/** The prompts colour whatever NO_COLOR says, so their colours are taken out here; moving the cursor stays. */
function withoutColour(output: Output): Output {
  const plain: Output = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      output.write(String(chunk).replaceAll(COLOUR, ""), done);
    },
  });
  return Object.assign(plain, { isTTY: true, columns: output.columns ?? 80 });
}

// oxlint-disable-next-line no-control-regex -- the escape character begins a colour
const COLOUR = /\u001b\[[\d;]*m/g;
