// Finds the option or the argument with which the user gave a field.
import type { Command } from "commander";
import { FIRST, SECOND, type Source, sourceOf } from "./input-sources.ts";

export interface TypedInput {
  /** The option or the name of the argument, as in the help: `--status`, `title`. */
  readonly name: string;
  /** What the user typed. Undefined when it must not be shown. */
  readonly value: string | undefined;
}

/** @param path the field with its place in a list, as the server names it: `scopes.0` */
export function typedInput(command: Command, operation: string, path: string): TypedInput {
  const [field = path] = path.split(".");
  for (const source of listOf(sourceOf(operation, field))) {
    const found = inCommand(command, source);
    if (found) return found;
  }
  return { name: field.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`), value: undefined };
}

type Single = Exclude<Source, null | readonly unknown[]>;

const listOf = (source: Source | undefined): readonly Single[] => {
  if (source === null || source === undefined) return [];
  return isList(source) ? source : [source];
};

const isList = (source: Exclude<Source, null>): source is readonly Single[] => Array.isArray(source);

function inCommand(command: Command, source: Single): TypedInput | undefined {
  if (typeof source === "object") return { name: source.entered, value: undefined };
  if (source === FIRST) return argumentOf(command, 0);
  if (source === SECOND) return argumentOf(command, 1);
  const option = command.options.find(({ long }) => long === source);
  const value: unknown = option && command.getOptionValue(option.attributeName());
  return value === undefined ? undefined : { name: source, value: textOf(value) };
}

function argumentOf(command: Command, index: number): TypedInput | undefined {
  const argument = command.registeredArguments[index];
  const value = command.args[index];
  return argument && value !== undefined ? { name: argument.name(), value } : undefined;
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
