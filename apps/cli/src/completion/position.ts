// Finds what a word of a command line is: an option, the value of one, a command or an argument. It follows the rules with which
// commander reads the line, because commander does not parse an incomplete one.
import type { Argument, Command, Option } from "commander";

export interface Position {
  /** The last command that the line names. */
  readonly command: Command;
  /** The values of the options before the word, by the name of the attribute: `caFile`. */
  readonly options: Readonly<Record<string, string>>;
  /** The arguments before the word. */
  readonly arguments: readonly string[];
  readonly word: Word;
}

export type Word =
  /** `typed` is the part of the word that belongs to the option: `--status=`, or nothing. */
  | { readonly kind: "value"; readonly option: Option; readonly typed: string; readonly text: string }
  | { readonly kind: "option"; readonly text: string }
  | { readonly kind: "command"; readonly text: string }
  /** `argument` is undefined when the command takes no more arguments. */
  | { readonly kind: "argument"; readonly argument: Argument | undefined; readonly text: string };

/** Finds the position of the word `current`, which stands after the complete words of a command line of `program`. */
export function findPosition(program: Command, words: readonly string[], current: string): Position {
  const line = new Line(program);
  for (const word of words) line.read(word);
  return {
    command: line.command,
    options: line.options,
    arguments: line.arguments,
    word: line.wordAt(current),
  };
}

class Line {
  command: Command;
  readonly options: Record<string, string> = {};
  readonly arguments: string[] = [];
  /** The option whose value is the next word. */
  private open: Option | undefined;
  private isHelp = false;
  private isAfterDashes = false;

  constructor(program: Command) {
    this.command = program;
  }

  read(word: string): void {
    const { open } = this;
    this.open = undefined;
    if (open && this.isValueOf(open, word)) this.options[open.attributeName()] = word;
    else if (!this.isAfterDashes && word === "--") this.isAfterDashes = true;
    else if (this.isOption(word)) this.readOption(word);
    else this.readArgument(word);
  }

  wordAt(text: string): Word {
    if (this.open && this.isValueOf(this.open, text))
      return { kind: "value", option: this.open, typed: "", text };
    if (!this.isAfterDashes && text.startsWith("-")) return this.optionAt(text);
    if (this.takesCommand()) return { kind: "command", text };
    const { registeredArguments } = this.command;
    const last = registeredArguments.at(-1);
    const argument = registeredArguments[this.arguments.length] ?? (last?.variadic ? last : undefined);
    return { kind: "argument", argument: this.isHelp ? undefined : argument, text };
  }

  /** An option with an optional value does not take another option or the name of a command as its value. */
  private isValueOf(option: Option, word: string): boolean {
    if (option.required) return true;
    return !word.startsWith("-") && !(this.takesCommand() && this.commandNamed(word));
  }

  private isOption(word: string): boolean {
    return !this.isAfterDashes && word.length > 1 && word.startsWith("-");
  }

  private readOption(word: string): void {
    const [flag, value] = splitOption(word);
    const option = this.optionWith(flag);
    if (!option || !(option.required || option.optional)) return;
    if (value === undefined) this.open = option;
    else this.options[option.attributeName()] = value;
  }

  private readArgument(word: string): void {
    const next = this.takesCommand() ? this.commandNamed(word) : undefined;
    if (word === "help" && this.takesCommand()) this.isHelp = true;
    else if (next) this.command = next;
    else this.arguments.push(word);
  }

  private optionAt(text: string): Word {
    const [flag, value] = splitOption(text);
    const option = value === undefined ? undefined : this.optionWith(flag);
    if (!option || value === undefined) return { kind: "option", text };
    return { kind: "value", option, typed: `${flag}=`, text: value };
  }

  private takesCommand(): boolean {
    return this.command.commands.length > 0 && this.arguments.length === 0;
  }

  private commandNamed(word: string): Command | undefined {
    return this.command.commands.find(
      (command) => command.name() === word || command.aliases().includes(word),
    );
  }

  private optionWith(flag: string): Option | undefined {
    return optionsOf(this.command).find(({ long, short }) => long === flag || short === flag);
  }
}

/** Returns the options that a command accepts: its own and those of the commands above it. */
export function optionsOf(command: Command): Option[] {
  const own = command.createHelp().visibleOptions(command);
  return command.parent ? [...own, ...optionsOf(command.parent)] : own;
}

function splitOption(word: string): [flag: string, value: string | undefined] {
  const end = word.startsWith("--") ? word.indexOf("=") : -1;
  return end === -1 ? [word, undefined] : [word.slice(0, end), word.slice(end + 1)];
}
