// Runs the commands of docs/operating/backup.md, as an operator does: the drill has no copy of them.
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { DATABASE, own, type Machine } from "./cluster.ts";

const run = promisify(execFile);
const PAGE = join(import.meta.dirname, "../../../docs/operating/backup.md");

/** Finds the one command of the page that begins with this text. @throws Error if the page has none, or several */
export async function documentedCommand(start: string): Promise<string> {
  const lines = (await documentedBlocks("sh")).flatMap((block) =>
    block.replaceAll(/\s*\\\n\s*/g, " ").split("\n"),
  );
  const found = lines.filter((line) => line.startsWith(start));
  const [command] = found;
  if (command === undefined || found.length > 1) {
    throw new Error(`docs/operating/backup.md has ${found.length} commands that begin with \`${start}\`.`);
  }
  return command;
}

/** The lines of the first block of a language that contains this text. */
export async function documentedLines(language: string, text: string): Promise<string[]> {
  const block = (await documentedBlocks(language)).find((one) => one.includes(text));
  if (block === undefined) throw new Error(`docs/operating/backup.md has no ${language} with \`${text}\`.`);
  return block.trim().split("\n");
}

/** The code blocks of a language, without their indentation. */
async function documentedBlocks(language: string): Promise<string[]> {
  const page = await readFile(PAGE, "utf8");
  const blocks = page.matchAll(new RegExp(`^ *\`\`\`${language}\\n(.*?)^ *\`\`\``, "gms"));
  return [...blocks].map(([, block = ""]) => block.replaceAll(/^ +/gm, ""));
}

export interface Service {
  /** The name in the commands, as in `service=projo`. */
  readonly name: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** The default is the database of the server. */
  readonly database?: string;
}

/** Writes the connection service file and the password file of libpq, which keep addresses and passwords out of commands. */
export async function writeServices(machine: Machine, services: readonly Service[]): Promise<void> {
  const sections = services.map(
    ({ name, port, user, database = DATABASE }) =>
      `[${name}]\nhost=127.0.0.1\nport=${port}\ndbname=${database}\nuser=${user}\n`,
  );
  const passwords = services.map(({ port, user, password }) => `127.0.0.1:${port}:*:${user}:${password}\n`);
  await writeFile(join(machine.directory, "pg_service.conf"), sections.join("\n"));
  const path = join(machine.directory, "pgpass");
  await writeFile(path, passwords.join(""), { mode: 0o600 });
  await own(machine, path);
}

/** Runs a command in the drill's directory. @returns the duration in ms @throws Error with what the command printed */
export async function runCommand({ directory, binaries, user }: Machine, command: string): Promise<number> {
  const startedAt = performance.now();
  const env = {
    PATH: `${binaries}:${process.env["PATH"] ?? ""}`,
    PGSERVICEFILE: join(directory, "pg_service.conf"),
    PGPASSFILE: join(directory, "pgpass"),
  };
  await run("sh", ["-c", command], { cwd: directory, env, ...user, maxBuffer: 1e7 });
  return performance.now() - startedAt;
}
