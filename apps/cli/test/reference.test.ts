// The reference of all commands: as a text, and as a man page.
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { expect, it } from "vitest";
import type { Io } from "../src/io.ts";
import { createWholeProgram } from "../src/program.ts";
import { describeProgram } from "../src/reference/describe-program.ts";
import { manPage } from "../src/reference/man.ts";
import { referencePage } from "../src/reference/markdown.ts";
import { openShell } from "./kit.ts";

const io = { stdout: {}, stderr: {}, env: {} } as unknown as Io;

/** Returns the paths of all commands without subcommands, from the tree itself. */
async function pathsOfTree(): Promise<string[]> {
  const program = await createWholeProgram(io);
  const visit = (command: Command, path: string): string[] =>
    command.commands.length === 0
      ? [path]
      : command.commands.flatMap((one) => visit(one, `${path} ${one.name()}`));
  return visit(program, "projo").filter((path) => !/ (?:help|__complete)$/.test(path));
}

it("help --all shows every command with its arguments, options and examples", async () => {
  const shell = await openShell("http://127.0.0.1:9");
  const { code, out, err } = await shell.projo(["help", "--all"]);
  const withWord = await shell.projo(["help", "--all", "tasks"]);
  await shell.close();
  expect(withWord).toMatchObject({
    code: 2,
    out: "",
    err: "projo: projo help --all takes no argument. For the help of one command: projo help tasks list\n",
  });
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const headings = out.match(/^projo.*(?=\n=+$)/gm) ?? [];
  expect(headings.toSorted()).toEqual(["projo", ...(await pathsOfTree())].toSorted());
  expect(out).toContain("$ projo tasks import backlog.csv");
  expect(out).toContain("--long-titles <action>");
  expect(out).not.toContain("__complete");
});

it("the page of the documentation has a section for every command", async () => {
  const page = referencePage(await describeProgram(io));
  for (const path of await pathsOfTree()) expect(page).toContain(`\n## ${path}\n`);
});

const hasMan = spawnSync("man", ["--version"]).status === 0;

it.skipIf(!hasMan)(
  `the man page has no error${hasMan ? "" : " (skipped: man is not installed)"}`,
  async () => {
    const references = await describeProgram(io);
    const [program, first] = references;
    if (!program || !first) throw new Error("The reference is empty.");
    // What troff would read as a request, an escape or a quoted argument.
    const hostile = {
      ...first,
      path: "projo x",
      usage: 'projo "x" \\n',
      description: ".so /etc/passwd\n'br a\\b -- c",
    };
    const directory = await mkdtemp(join(tmpdir(), "projo-man-"));
    const file = join(directory, "projo.1");
    await writeFile(file, manPage([...references, hostile], "1.2.3"));
    const env = {
      PATH: process.env["PATH"],
      LC_ALL: "C.UTF-8",
      MANWIDTH: "200",
      MANOPT: "",
      MAN_KEEP_FORMATTING: "",
    };
    const { status, stdout, stderr } = spawnSync("man", ["--warnings", "--local-file", file], {
      env,
      encoding: "utf8",
    });
    await rm(directory, { recursive: true });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    for (const path of await pathsOfTree()) expect(stdout).toContain(path);
    // The variables of the documentation.
    const page = await readFile(new URL("../../../docs/cli.md", import.meta.url), "utf8");
    const documented = new Set(page.match(/(?<=^\| `)PROJO_[A-Z_]+(?=`)/gm));
    const [, environment = ""] = /\nENVIRONMENT\n([^]*?)\nFILES\n/.exec(stdout) ?? [];
    expect(new Set(environment.match(/PROJO_[A-Z_]+/g))).toEqual(documented);
    expect(stdout).toContain('projo "x" \\n');
    expect(stdout).toContain(".so /etc/passwd");
    expect(stdout).toContain("'br a\\b -- c");
    expect(stdout).toContain("projo 1.2.3");
  },
);
