import { dirname } from "node:path";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { allReasons, cliTable, messagesOf, readSources, sdkTable, splitMessage } from "./refusal-tables.ts";
import { reasonTextsIn, scanSource } from "./scan-source.ts";

const root = dirname(dirname(dirname(import.meta.dirname)));

const messagesIn = (text: string) =>
  scanSource([{ path: "a.ts", text }]).messages.map(({ message }) => message);

/** A file that throws the text of `sea.ts` as this error. */
const throwingFile = (path: string, name: string) => ({
  path,
  text: `import { describeLoss } from "./sea.ts"; throw new ${name}(describeLoss());`,
});

const rowsOf = (table: string) => table.split("\n").slice(2);

describe("scanSource", () => {
  it("finds the message, the reason and the exit code of an error", () => {
    const text = `throw new CliError("cli.gone", "It is gone. Create it.", { exitCode: 4 });`;
    expect(scanSource([{ path: "a.ts", text }]).messages).toEqual([
      {
        path: "a.ts",
        creator: "CliError",
        reason: "cli.gone",
        exitCode: 4,
        message: "It is gone. Create it.",
      },
    ]);
  });

  it("names the values in a message", () => {
    expect(
      messagesIn("throw usageError(`${file} has ${rows.length} rows, not ${JSON.stringify(want)}.`)"),
    ).toEqual(["{file} has {rows} rows, not {want}."]);
  });

  it("finds each text of a conditional message", () => {
    expect(messagesIn(`throw usageError(isOpen ? "It is open." : "It is shut.")`)).toEqual([
      "It is open.",
      "It is shut.",
    ]);
  });

  it("resolves a constant, but not a parameter with the name of a constant elsewhere", () => {
    const text = `const hint = "Close it first."; throw usageError(\`It is open. \${hint}\`);
      function refuse(file: string) { throw usageError(\`\${file} is open.\`); }
      const file = "the first file";`;
    expect(messagesIn(text)).toEqual(["It is open. Close it first.", "{file} is open."]);
  });

  it("finds the message in the constructor of an error class, and in a function that explains", () => {
    const text = `class LostError extends Error { constructor(at: string) { super(\`Lost at \${at}. Search.\`); } }
      function explainLoss(at: string) { return \`It was lost at \${at}.\`; }`;
    expect(messagesIn(text)).toEqual(["Lost at {at}. Search.", "It was lost at {at}."]);
  });

  it("adds the advice for the key by which a function decides", () => {
    const text = `function describeLoss(kind: string) { switch (kind) { case "sea": return "It was lost at sea."; } }
      const advice = { sea: () => "Search the sea." };`;
    expect(messagesIn(text)).toEqual(["It was lost at sea. Search the sea."]);
  });

  it("takes the class of the error from the only file that imports the text", () => {
    const explains = {
      path: "src/loss/sea.ts",
      text: `function describeLoss() { return "It was lost at sea."; }`,
    };
    const creatorIn = (...files: readonly { path: string; text: string }[]) =>
      scanSource([explains, ...files]).messages.map(({ creator }) => creator);
    expect(creatorIn(throwingFile("src/loss/a.ts", "LostError"))).toEqual(["LostError"]);
    expect(
      creatorIn(throwingFile("src/loss/a.ts", "LostError"), throwingFile("src/loss/b.ts", "SunkError")),
    ).toEqual([""]);
    expect(creatorIn(throwingFile("src/other/a.ts", "LostError"))).toEqual([""]);
  });

  it("finds the texts of an object whose keys are reasons", () => {
    const text = `const next = { "task.gone": "See the tasks.", "task.full": "Delete some." }; const other = { "a.b": "No." };`;
    const found = reasonTextsIn([{ path: "a.ts", text }], (key) => key.startsWith("task."));
    expect([...found]).toEqual([
      ["task.gone", ["See the tasks."]],
      ["task.full", ["Delete some."]],
    ]);
  });
});

describe("splitMessage", () => {
  it("separates the cause from the next step", () => {
    expect(splitMessage("The server speaks HTTP/1.1 only. Use it. Or wait.")).toEqual({
      cause: "The server speaks HTTP/1.1 only.",
      next: "Use it. Or wait.",
    });
    expect(splitMessage("It is wrong.")).toEqual({ cause: "It is wrong.", next: null });
  });
});

describe("the reference of errors", () => {
  const page = readFileSync(`${root}/docs/reference/errors.md`, "utf8").replaceAll(/ +/g, " ");

  it.each(allReasons)("contains each message of %s", (reason) => {
    const [, section = ""] = page.split(`\n## ${reason}\n`);
    const [own = ""] = section.split("\n## ");
    for (const message of messagesOf(reason)) expect(own).toContain(message.replaceAll("<", String.raw`\<`));
  });

  it("contains the tables of the SDK and of projo", () => {
    for (const row of [...rowsOf(sdkTable(root)), ...rowsOf(cliTable(root))]) expect(page).toContain(row);
  });

  // Counts independently of the scan: a new kind of error that the scan does not know would be missing in the tables.
  it.each(["packages/sdk/src", "apps/cli/src"])("misses no error that %s throws", (folder) => {
    for (const source of readSources(root, folder)) {
      const thrown = source.text.match(/\bthrow new \w+\(|\bthrow (?:usageError|interrupted)\(/g) ?? [];
      const { places } = scanSource([source]);
      expect(places, source.path).toBeGreaterThanOrEqual(thrown.length);
    }
  });
});
