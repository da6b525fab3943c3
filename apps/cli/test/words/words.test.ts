// All words of projo in files that a reviewer reads. After a change, run: npx vitest run --project all apps/cli/test/words -u
import { describe, expect, it } from "vitest";
import { createProgram } from "../../src/program.ts";
import { collectTexts } from "./collect-texts.ts";
import { helpTexts, silentIo } from "./help-texts.ts";

const helps = await helpTexts(80);
const texts = collectTexts();

describe("the words of projo", () => {
  it("are those of the reviewed file", async () => {
    await expect(
      [
        "# All words of projo",
        "Written by `test/words/words.test.ts`. `{name}` stands for a value.",
        "## Messages, prompts and titles of columns",
        ...texts.map(([path, lines]) =>
          [`### ${path}\n`, ...lines.map((line) => `- ${inLine(line)}`)].join("\n"),
        ),
        "## Help",
        ...helps.map(({ command, text }) => `### ${command} --help\n\n\`\`\`text\n${text.trimEnd()}\n\`\`\``),
        "",
      ].join("\n\n"),
    ).toMatchFileSnapshot("../words.golden.md");
  });

  it.each([60, 120])("fit a terminal of %i columns in each help", async (columns) => {
    const shown = await helpTexts(columns);
    await expect(
      shown.map(({ command, text }) => `$ ${command} --help\n${text.trimEnd()}\n`).join("\n"),
    ).toMatchFileSnapshot(`../help-${columns}.golden.txt`);
    for (const { command, text } of shown) {
      // A single word can be longer than the line: a term, an operation or a quoted argument.
      const long = text.split("\n").filter((line) => line.length > columns && /\S \S/.test(line.trim()));
      expect(long, command).toEqual([]);
    }
  });

  it.each<RegExp>([
    /\b(?:whoever|oops|sorry|please|simply|just(?! now)|easily|obviously|magic\w*|happy|unfortunately)\b/i,
    // One spelling each: users sign in and sign out.
    /\blog(?:ged|ging)?[- ](?:in|out|off)\b/i,
    /\bsign(?:ed|ing)?[- ](?:on|off)\b/i,
    /\be-mail\b/i,
    /\binvitation/i,
    /\bAPI key|\baccess key/i,
    /\borgani[sz]ation|\btenant\b/i,
    /\b(?:abort|kill|die|crash|nuke|blow|ghost|orphan)\w*/i,
  ])("have no match of %s", (forbidden) => {
    const lines = [...helps.flatMap(({ text }) => text.split("\n")), ...texts.flatMap(([, all]) => all)];
    const found = lines.filter((line) => forbidden.test(line));
    expect(found).toEqual([]);
  });

  it("have a summary and an example for every command", () => {
    for (const { command, text } of helps) expect(text, command).toMatch(/^Usage: projo.*\n\n\S/);
    for (const { command, text } of helps.filter((one) => !one.text.includes("\nCommands:\n")))
      expect(text, command).toMatch(/\nExamples?:\n {2}\$ /);
  });
});

describe("every example of a help", () => {
  it("is a command line that projo accepts", async () => {
    const examples = helps.flatMap(({ text }) =>
      Array.from(text.replaceAll(/ \\\n +/g, " ").matchAll(/^ {2}\$ (.*)$/gm), ([, line = ""]) => line),
    );
    expect(examples.length).toBeGreaterThan(60);
    // `run` answers these before the commands are created.
    for (const example of examples.filter((line) => !line.endsWith("help --all"))) {
      const argv = argvOf(example);
      const program = await createProgram(silentIo(), argv);
      program.hook("preAction", () => {
        throw new Accepted();
      });
      await expect(program.parseAsync(argv, { from: "user" }), example).rejects.toThrow(Accepted);
    }
  });
});

class Accepted extends Error {}

/** The arguments of projo in a shell's command line: after a pipe, inside <(), and without redirections. */
function argvOf(line: string): string[] {
  const words = Array.from(
    line.replace(/<\((.*)\)/, "$1").matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g),
    ([, double, single, word]) => double ?? single ?? word ?? "",
  );
  const command = words.slice(words.indexOf("projo") + 1);
  const end = command.findIndex((word) => /^[<>|]/.test(word));
  return end === -1 ? command : command.slice(0, end);
}

/** A text as one line. Spaces at its ends join it with another text. */
const inLine = (text: string): string => text.trim().replaceAll(/\s+/g, " ");
