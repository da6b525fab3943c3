// The line of a terminal that changes: the progress of a command, and what it waits for. It is the last line on the screen, and
// this file alone writes it: other output of the command removes the line first and shows it again below.
//
// The cursor stays visible, and one write leaves no mode changed, so that a killed process leaves a terminal that needs no repair.
// Between two updates the cursor is at the start of the line: the next output replaces it, also after the terminal was resized.
import { columnsOf, type Io, type Output, type StatusLine, type StatusPart } from "../io.ts";

/**
 * Returns the streams of a terminal with a status line on stderr. Returns them unchanged where a line cannot be replaced: a pipe,
 * a file, or a terminal without escape sequences.
 */
export function withStatusLine(io: Io): Io {
  if (io.statusLine || !canReplaceLines(io)) return io;
  const line = new TerminalLine(io.stderr);
  const stderr = removing(line, io.stderr);
  const stdout = io.stdout.isTTY ? removing(line, io.stdout) : io.stdout;
  // The getters of `io` stay getters.
  return Object.create(io, {
    stdout: { value: stdout, enumerable: true },
    stderr: { value: stderr, enumerable: true },
    statusLine: { value: line, enumerable: true },
  }) as Io;
}

const canReplaceLines = ({ stderr, env }: Io): boolean => stderr.isTTY === true && env["TERM"] !== "dumb";

/** Returns false in a locale whose encoding has no block characters, such as C. */
export function isUtf8(env: Io["env"]): boolean {
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"];
  return !locale || /utf-?8/i.test(locale);
}

class TerminalLine implements StatusLine {
  readonly #output: Output;
  readonly #parts: Record<StatusPart, string | undefined> = { progress: undefined, waiting: undefined };
  #isDrawn = false;
  #isClosed = false;
  /** True when the cursor is at the start of a line, so that the line can be drawn. */
  #isAtStart = true;

  constructor(output: Output) {
    this.#output = output;
  }

  show(part: StatusPart, text: string | undefined): void {
    if (this.#parts[part] === text) return;
    this.#parts[part] = text;
    this.#draw();
  }

  isShown(part: StatusPart): boolean {
    return this.#parts[part] !== undefined;
  }

  close(): void {
    this.#erase();
    this.#isClosed = true;
  }

  /** Writes other output above the line. */
  write(text: string, write: () => boolean): boolean {
    this.#erase();
    const isAccepted = write();
    if (text !== "") this.#isAtStart = text.endsWith("\n");
    this.#draw();
    return isAccepted;
  }

  #draw(): void {
    const text = Object.values(this.#parts)
      .filter((part) => part !== undefined)
      .join("  ");
    if (text === "" || !this.#isAtStart || this.#isClosed) {
      this.#erase();
      return;
    }
    // A line as wide as the terminal would move the cursor to the next one.
    const shown = ` ${text}`.slice(0, Math.max(0, columnsOf(this.#output) - 1));
    this.#output.write(`\r${WRAP_OFF}${shown}${WRAP_ON}${CLEAR_AFTER}\r`);
    this.#isDrawn = true;
  }

  #erase(): void {
    if (!this.#isDrawn) return;
    this.#output.write(`\r${CLEAR_AFTER}`);
    this.#isDrawn = false;
  }
}

/** A terminal that has just become narrower, which the program does not know yet, would wrap the line. */
const WRAP_OFF = "\u001b[?7l";
const WRAP_ON = "\u001b[?7h";

/** Clears to the end of the screen: a terminal that became narrower has wrapped the line that it showed. */
const CLEAR_AFTER = "\u001b[J";

/** The stream, whose output first removes the line. */
const removing = (line: TerminalLine, output: Output): Output =>
  new Proxy(output, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      if (key !== "write") return value.bind(target) as unknown;
      return (...args: Parameters<Output["write"]>) =>
        line.write(String(args[0]), () => target.write(...args));
    },
  });
