// The man page. Its macros are those of man(7), which every implementation of man understands.
import type { CommandReference, Term } from "./describe-program.ts";
import { exitCodes, files, variables } from "./surroundings.ts";

export function manPage([program, ...commands]: readonly CommandReference[], version: string): string {
  if (!program) throw new Error("The reference has no program.");
  return [
    `.TH PROJO 1 "" "projo ${roff(version)}" "ProjoStack"`,
    ".SH NAME",
    `projo \\- ${roff(program.description.replace(/\.$/, ""))}`,
    ".SH SYNOPSIS",
    `.B projo\n.RI [ options ]\n.I command\n.RI [ argument " ...]"`,
    ".SH DESCRIPTION",
    "Data goes to standard output and messages to standard error.",
    ".SH OPTIONS",
    "Every command accepts these options.",
    ...program.options.map(termOf),
    ".SH COMMANDS",
    ...commands.map(commandOf),
    ".SH EXIT STATUS",
    ...exitCodes.map(termOf),
    ".SH ENVIRONMENT",
    ...variables.map(termOf),
    ".SH FILES",
    ...files.map(termOf),
    ".SH EXAMPLES",
    verbatim(program.notes.replace(/^Examples:\n/, "")),
    ".SH SEE ALSO",
    roff("projo help, projo help COMMAND and projo COMMAND --help show the same for one command."),
    "",
  ].join("\n");
}

function commandOf({ usage, description, arguments: args, options, notes }: CommandReference): string {
  return [
    `.SS "${roff(usage).replaceAll('"', "\\(dq")}"`,
    roff(description),
    ...[...args, ...options].map(termOf),
    ...(notes === "" ? [] : [".PP", verbatim(notes)]),
  ].join("\n");
}

const termOf = ({ term, description }: Term): string => `.TP\n.B ${roff(term)}\n${roff(description)}`;

const verbatim = (text: string): string => `.nf\n${text.split("\n").map(roff).join("\n")}\n.fi`;

const SPECIAL: Readonly<Record<string, string>> = {
  "\\": "\\e",
  "-": "\\-",
  "'": "\\(aq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
};

/**
 * Escapes what troff reads as a command: the backslash, and a point at the start of a line. troff prints the other characters as
 * typographic ones, which a shell does not understand.
 */
const roff = (text: string): string =>
  text.replaceAll(/[\\\-'`^~]/g, (character) => SPECIAL[character] ?? character).replaceAll(/^\./gm, "\\&.");
