// Finds the commands that an unknown command can mean: by meaning first, then by spelling.
import type { Command } from "commander";
import { namesOf } from "./checked-command.ts";
import { similarNames } from "./edit-distance.ts";
import { commandMeant, isVerb, phraseMeant, verbMeant } from "./synonyms.ts";

/**
 * Returns the command lines, without `projo`, that an unknown command can mean.
 * @param program all commands
 * @param words the command line without options: `["tasks", "rename"]`
 */
export function suggestCommands(program: Command, words: readonly string[]): string[] {
  const found = findCommands(program, words).map((line) => withMainNames(program, line));
  return [...new Set(found)];
}

/** `members ls` is `members list`: a suggestion has the names that the help lists. */
function withMainNames(program: Command, line: string): string {
  const [noun = "", verb, ...others] = line.split(" ");
  const group = program.commands.find((command) => namesOf(command).includes(noun));
  const command = group?.commands.find((one) => verb !== undefined && namesOf(one).includes(verb));
  return command && group ? [group.name(), command.name(), ...others].join(" ") : line;
}

function findCommands(program: Command, words: readonly string[]): string[] {
  const [first = "", second] = words.map((word) => word.toLowerCase());
  const isGroup = verbsOf(program, first).length > 0;
  if (isGroup) return second === undefined ? [] : ofNoun(program, first, second);
  return (
    nonEmpty(ofNounAndVerb(program, first, second)) ??
    nonEmpty(ofPhrase(program, [first])) ??
    nonEmpty(ofSynonym(program, first, second)) ??
    nonEmpty(ofVerbFirst(program, first, second)) ??
    nonEmpty(ofVerb(program, first)) ??
    similarNames(first, nounsOf(program)).flatMap((name) => withVerb(program, name, second))
  );
}

/** `projo invite list`, where `projo invite` alone means another command. */
function ofNounAndVerb(program: Command, word: string, verb: string | undefined): string[] {
  const noun = commandMeant(word);
  if (noun === undefined || verb === undefined) return [];
  const meant = verbMeant(verb, verbsOf(program, noun));
  return meant === undefined ? [] : ofNoun(program, noun, verb);
}

/** `projo users ls`: another word for a noun or a command. */
function ofSynonym(program: Command, word: string, verb: string | undefined): string[] {
  const name = commandMeant(word);
  if (name === undefined || !nounsOf(program).includes(name)) return [];
  return withVerb(program, name, verb);
}

/** `projo add task`: the noun follows the verb. */
function ofVerbFirst(program: Command, verb: string, noun: string | undefined): string[] {
  const name = noun === undefined ? undefined : commandMeant(noun);
  return name === undefined ? [] : ofNoun(program, name, verb);
}

/** `projo rename`: the noun is missing. The commands with this very verb are meant, else those with a similar meaning. */
function ofVerb(program: Command, verb: string): string[] {
  const nouns = nounsOf(program);
  const exact = nouns.filter((noun) => verbsOf(program, noun).includes(verb));
  if (exact.length > 0) return exact.map((noun) => `${noun} ${verb}`);
  return nouns.flatMap((noun) => {
    const meant = verbMeant(verb, verbsOf(program, noun));
    return meant === undefined ? [] : [`${noun} ${meant}`];
  });
}

/** `projo tasks rename`: the noun has no such verb. */
function ofNoun(program: Command, noun: string, word: string): string[] {
  const verbs = verbsOf(program, noun);
  if (verbs.includes(word)) return [`${noun} ${word}`];
  const phrase = ofPhrase(program, [noun, word]);
  if (phrase.length > 0) return phrase;
  const meant = verbMeant(word, verbs);
  if (meant !== undefined) return [`${noun} ${meant}`];
  const similar = isVerb(word) ? [] : similarNames(word, verbs).map((verb) => `${noun} ${verb}`);
  return nonEmpty(similar) ?? withoutNoun(program, word);
}

/** `projo auth login`: the command has no noun. */
function withoutNoun(program: Command, word: string): string[] {
  const name = commandMeant(word);
  return name !== undefined && WITHOUT_NOUN.has(name) && nounsOf(program).includes(name) ? [name] : [];
}

const WITHOUT_NOUN: ReadonlySet<string> = new Set(["signup", "login", "logout", "whoami", "open", "doctor"]);

/** A phrase whose command exists. */
function ofPhrase(program: Command, words: readonly string[]): string[] {
  const phrase = phraseMeant(words);
  const [name = "", verb] = phrase?.split(" ") ?? [];
  const exists =
    name.startsWith("-") ||
    name === "help" ||
    (verb === undefined || verbsOf(program, name).length === 0
      ? nounsOf(program).includes(name)
      : verbsOf(program, name).includes(verb));
  return phrase !== undefined && exists ? [phrase] : [];
}

function withVerb(program: Command, name: string, verb: string | undefined): string[] {
  if (verb === undefined || verbsOf(program, name).length === 0) return [name];
  return nonEmpty(ofNoun(program, name, verb)) ?? [name];
}

/** The names of the commands of the top level. */
const nounsOf = (program: Command): string[] => visible(program).flatMap(namesOf);

function verbsOf(program: Command, noun: string): string[] {
  const group = program.commands.find((command) => command.name() === noun);
  return group ? visible(group).flatMap(namesOf) : [];
}

/** Without those that the help does not list. */
const visible = (group: Command): readonly Command[] => group.createHelp().visibleCommands(group);

const nonEmpty = (found: string[]): string[] | undefined => (found.length > 0 ? found : undefined);
