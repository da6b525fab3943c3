import { execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readFences } from "./fences.ts";
import { runServer, type RunningServer } from "./running-server.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const fences = readFences(root);
const run = promisify(execFile);

// Inside the repository, so that the snippets resolve the same packages as a program in it.
const scratch = join(root, "node_modules", ".cache", `documents-${process.pid}`);
const config = mkdtempSync(join(tmpdir(), "projo-docs-config-"));
let server: RunningServer;

beforeAll(async () => {
  mkdirSync(scratch, { recursive: true });
  server = await runServer(root);
});
afterAll(async () => {
  await server.stop();
  rmSync(scratch, { recursive: true, force: true });
  rmSync(config, { recursive: true, force: true });
});

describe("the documentation", () => {
  it("contains TypeScript that compiles", async () => {
    // The programs of docs/openapi.md need generated clients. apps/api/test/openapi/guide.test.ts compiles and runs them.
    const snippets = fences.filter(
      ({ language, at }) => language === "ts" && !at.startsWith("docs/openapi.md"),
    );
    expect(snippets.length).toBeGreaterThan(0);
    for (const { at, code } of snippets) {
      writeFileSync(join(scratch, fileNameOf(at)), `// ${at}\n${preludeOf(at)}${code}\nexport {};\n`);
    }
    const sdk = join(root, "packages/sdk/src");
    const paths = { "@projostack/sdk": [join(sdk, "index.ts")], "@projostack/sdk/*": [join(sdk, "*.ts")] };
    // The optional peers of the SDK, which the root does not install.
    mkdirSync(join(scratch, "node_modules"), { recursive: true });
    for (const scope of ["@trpc", "@tanstack"])
      symlinkSync(
        join(root, "packages/sdk/node_modules", scope),
        join(scratch, "node_modules", scope),
        "junction",
      );
    const compilerOptions = { noEmit: true, paths, lib: ["es2023", "es2024.string", "dom", "dom.iterable"] };
    const options = { extends: join(root, "tsconfig.base.json"), compilerOptions, include: ["*.ts"] };
    writeFileSync(join(scratch, "tsconfig.json"), JSON.stringify(options));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { stdout } = await run(process.execPath, [tsc, "-p", scratch]).catch(
      (error: { stdout: string }) => error,
    );
    expect(stdout).toBe("");
  });

  it("M2 describes an invite and a removal in docs/members.md that work as shown", async () => {
    const scripts = fences.filter(({ at, run: runs }) => runs && at.startsWith("docs/members.md"));
    expect(scripts.map(({ language }) => language)).toEqual(["sh"]);
    const home = mkdtempSync(join(tmpdir(), "projo-docs-home-"));
    const env = {
      PATH: process.env["PATH"],
      HOME: home,
      PROJO_URL: server.url,
      PROJO_DATA_DIR: server.dataDir,
    };
    const [script] = scripts.map(({ code }) => run("sh", ["-c", code], { cwd: root, env, timeout: 100_000 }));
    const output = await script?.finally(() => rmSync(home, { recursive: true, force: true }));
    expect(output?.stdout.match(/\tOrder brass\t/g)).toHaveLength(2);
    expect(output?.stderr).toContain("as member.");
    const refusals = output?.stderr.match(/^projo: .*$/gm);
    expect(refusals).toEqual([
      expect.stringContaining("A viewer cannot do this."),
      expect.stringContaining("you are not a member of it."),
    ]);
    expect(output?.stdout).toMatch(/\tann@example\.com\tadmin\t\S+\n$/);
  });

  it("contains a quick start in README.md that works as shown", async () => {
    const steps = fences.filter(({ at, run: runs }) => runs && at.startsWith("README.md"));
    expect(steps.map(({ language }) => language)).toEqual(["sh", "ts"]);
    for (const { language, code } of steps) {
      const output = language === "sh" ? await runLines(code) : await runProgram(code);
      expect(output).toContain("Write note G");
    }
    expect(await server.stop(), "the server's exit code after Ctrl-C").toBe(0);
  });
});

/** Runs each line in order. The sign-up reads the password from stdin, because the test has no terminal. */
async function runLines(commands: string): Promise<string> {
  let output = "";
  for (const command of commands.trim().split("\n")) {
    const line = command.includes(" signup ") ? `${command} --password-stdin` : command;
    output += await shell(line, `${password()}\n`);
  }
  return output;
}

/** Reads the password from the program in README. */
function password(): string {
  const [, text] = /password: "([^"]+)"/.exec(fences.map(({ code }) => code).join("")) ?? [];
  if (text === undefined) throw new Error("README contains no password.");
  return text;
}

function shell(line: string, input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, PROJO_URL: server.url, PROJO_CONFIG_DIR: config };
    const child = spawn("sh", ["-c", line], { cwd: root, env });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => (stdout += String(chunk)));
    child.stderr.on("data", (chunk) => (stderr += String(chunk)));
    child.on("close", (code) =>
      code === 0 ? resolve(stdout) : reject(new Error(`${line}\nexited with ${code}:\n${stderr}`)),
    );
    child.stdin.end(input);
  });
}

async function runProgram(code: string): Promise<string> {
  const file = join(scratch, "first.mjs");
  writeFileSync(file, code.replace("http://127.0.0.1:4000", server.url));
  const { stdout } = await run(process.execPath, [file]);
  return stdout;
}

/** The page explains once what `client` is, so its many examples do not repeat it. */
const preludeOf = (at: string): string =>
  at.startsWith("docs/reference/operations.md")
    ? 'import type { Client } from "@projostack/sdk";\ndeclare const client: Client;\n'
    : "";

const fileNameOf = (at: string): string => `${at.replaceAll(/\W/g, "_")}.ts`;
