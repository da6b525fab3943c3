// Returns the words that can stand at the end of a command line.
import type { Argument, Command, Option } from "commander";
import type { Io } from "../io.ts";
import { byId, byName, type Candidate, describe } from "./candidate.ts";
import { findPosition, optionsOf, type Position } from "./position.ts";
import { kindOfArgument, kindOfOption, kindOfSetting, type LiveKind, type ValueKind } from "./value-kinds.ts";
import { findSetting, settings } from "../settings/settings.ts";

export interface Suggestions {
  /** The beginning of the word that every candidate keeps: `--status=`, or `task:read,` in a list. */
  readonly typed: string;
  readonly candidates: readonly Candidate[];
  /** The shell completes a path. */
  readonly paths?: "files" | "directories" | undefined;
  /** True when a word goes on after a candidate, as in a list: then the shell adds no space. */
  readonly isOpen?: boolean | undefined;
}

const nothing: Suggestions = { typed: "", candidates: [] };

/** @param words the complete words after `projo`. Never throws because of the server */
export async function suggest(
  io: Io,
  program: Command,
  words: readonly string[],
  current: string,
): Promise<Suggestions> {
  const position = findPosition(program, words, current);
  const { command, word } = position;
  if (word.kind === "value") return valuesOf(io, position, { ...word, kind: kindOfOption(word.option) });
  if (word.kind === "option") return { typed: "", candidates: optionCandidates(command) };
  if (word.kind === "command") return { typed: "", candidates: commandCandidates(command) };
  const { argument, text } = word;
  if (argument) {
    const found = await valuesOf(io, position, {
      option: argument,
      typed: "",
      text,
      kind: kindOfArgument(command, argument),
    });
    // Of several ids or names, each is given once.
    const before = argument.variadic ? position.arguments : [];
    return { ...found, candidates: found.candidates.filter(({ value }) => !before.includes(value)) };
  }
  // Nothing else can follow.
  return text === "" ? { typed: "", candidates: optionCandidates(command) } : nothing;
}

interface Value {
  readonly option: Pick<Option | Argument, "argChoices">;
  readonly typed: string;
  readonly text: string;
  readonly kind: ValueKind | undefined;
}

async function valuesOf(io: Io, position: Position, value: Value): Promise<Suggestions> {
  const { option, typed, text, kind = "text" } = value;
  if (kind === "settingValues") return valuesOfSetting(io, position, value);
  const choices = option.argChoices;
  if (choices) return { typed, candidates: choices.map((choice) => ({ value: choice })) };
  if (kind === "files" || kind === "directories") return { typed, candidates: [], paths: kind };
  if (kind === "scopes")
    return listAfter(typed, text, (await import("../generated/permissions.ts")).permissions);
  if (kind === "fields") return listAfter(typed, text, await fieldsOf(position.command));
  if (kind === "text") return { typed, candidates: [] };
  if (isKnown(kind))
    return { typed, candidates: (await knownValues(io, kind)).map((one) => ({ value: one })) };
  return { typed, candidates: await liveCandidates(io, position, { kind, text }) };
}

/** Returns the candidates for the last item of a list separated by commas, without those that the list contains. */
function listAfter(typed: string, text: string, all: readonly string[]): Suggestions {
  const before = text.split(",").slice(0, -1);
  const candidates = all.filter((one) => !before.includes(one)).map((value) => ({ value }));
  return { typed: `${typed}${before.map((one) => `${one},`).join("")}`, candidates, isOpen: true };
}

/** Returns the fields of the JSON that the command prints, which `--json=?` lists. */
async function fieldsOf(command: Command): Promise<readonly string[]> {
  const { outputOf, pathOf } = await import("../output/command-fields.ts");
  return outputOf(pathOf(command))?.fields ?? [];
}

function valuesOfSetting(io: Io, position: Position, value: Value): Suggestions | Promise<Suggestions> {
  const [name = ""] = position.arguments;
  const { values } = findSetting(name) ?? {};
  if (values) return { typed: value.typed, candidates: values.map((one) => ({ value: one })) };
  return valuesOf(io, position, { ...value, kind: kindOfSetting(name) });
}

const knownKinds = ["shells", "operations", "actions", "servers", "accounts", "settings"] as const;
type KnownKind = (typeof knownKinds)[number];

const isKnown = (kind: ValueKind): kind is KnownKind => knownKinds.some((known) => known === kind);

async function knownValues(io: Io, kind: KnownKind): Promise<string[]> {
  if (kind === "settings") return settings.map(({ name }) => name);
  if (kind === "shells") return Object.keys((await import("./shells/shells.ts")).shells);
  if (kind === "operations") return Object.keys((await import("@projostack/sdk")).operations);
  if (kind === "actions") return [...(await import("../generated/audit-actions.ts")).auditActions];
  const { knownAccounts, knownServers } = await import("./live-values.ts");
  return kind === "accounts" ? knownAccounts(io) : knownServers(io);
}

interface Listed {
  readonly kind: LiveKind;
  readonly text: string;
}

async function liveCandidates(
  io: Io,
  { command, options }: Position,
  { kind, text }: Listed,
): Promise<Candidate[]> {
  const { liveValues } = await import("./live-values.ts");
  // `workspaces use` and --workspace find a workspace of the account: the selected one plays no part.
  const { url, account, caFile, workspace } = options;
  const values = await liveValues(io, {
    kind,
    text,
    options: { ...given({ url, account, caFile, workspace }) },
  });
  const isByName = kind !== "tasks" && kind !== "sessions" && kind !== "ownInvites";
  const named = isByName ? byName(values) : byId(values);
  // For the beginning of an id, the candidates are ids, with the names as descriptions.
  const ids = isByName && /^[0-9a-f]{4,}/i.test(text) ? byId(values) : [];
  // The commands of members are for other people, and the filters of lists are also for oneself.
  const own = kind === "members" && command.parent?.name() === "tasks" ? [{ value: "me" }] : [];
  return [...named, ...ids, ...own];
}

/** Returns the object without its undefined members. */
function given(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

const commandCandidates = (command: Command): Candidate[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .map((one) => ({ value: one.name(), description: describe(one.summary() || one.description()) }));

/** An option of the command takes precedence over that of a command above it. */
const optionCandidates = (command: Command): Candidate[] => {
  const options = optionsOf(command);
  return options.flatMap(({ long, description }, index) =>
    long && options.findIndex((one) => one.long === long) === index
      ? [{ value: long, description: describe(description) }]
      : [],
  );
};
