import { writeFileSync } from "node:fs";
import type * as rotation from "@projostack/api/keys";
import type { Command } from "commander";
import { isJson, print, UsageError, type Host } from "../../command.ts";

/** The rotation of keys, which the command loads when it runs. */
export type Keys = typeof rotation;

export interface Change {
  readonly line: string;
  /** A sentence about the change. */
  readonly done: string;
  /** What to do next, one step in each sentence. */
  readonly next: readonly string[];
}

export const OUT_OPTION = [
  "--out <file>",
  "write the new value to a new file instead, or to standard output with -, and change nothing",
] as const;

/** Changes the line of keys, and prints what to do next. The new line goes to a file, or to standard output on request. */
export async function changeKeys(
  host: Host,
  command: Command,
  change: (line: string, keys: Keys) => Change,
): Promise<void> {
  const keys = await import("@projostack/api/keys");
  const store = keys.openKeyStore(host.io.env);
  const { line, done, next } = change(store.line, keys);
  const { out } = command.opts<{ out?: string }>();
  const facts = keys.describeKeys(line);
  if (out === "-") {
    if (isJson(command))
      throw new UsageError("--json cannot be combined with --out -, which prints the value alone.");
    host.io.write(`${line}\n`);
    for (const sentence of [done, INSTALL, ...next]) host.io.note(sentence);
    return;
  }
  if (out === undefined) store.replace(line);
  else writeNew(out, line);
  const file = out ?? store.file;
  const steps = out === undefined ? next : [INSTALL, ...next];
  print(host, command, {
    text: [
      `${done} Keys in ${file}: ${listOf(facts)}.`,
      "Next:",
      ...steps.map((step, at) => `${at + 1}. ${step}`),
    ].join("\n"),
    data: { file, keys: facts, next: steps },
  });
}

const INSTALL =
  "Give every server the new value, in PROJO_TOKEN_KEYS or in the file of PROJO_TOKEN_KEYS_FILE.";

export const RESTART = "Restart every server, one after another.";

/** @throws UsageError when the file exists or cannot be written */
function writeNew(path: string, line: string): void {
  try {
    writeFileSync(path, `${line}\n`, { flag: "wx", mode: 0o600, flush: true });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    const step = code === "EEXIST" ? "It exists: name a new file" : `It cannot be written (${code})`;
    throw new UsageError(`--out ${path}: ${step}.`);
  }
}

export const listOf = (keys: readonly rotation.KeyFacts[]): string =>
  keys.map(({ kid, signs }) => `${kid} ${signs ? "(signs)" : "(verifies)"}`).join(", ");

/** @throws UsageError */
export function kidOf(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new UsageError("Give the number of a key, which `projostack rotate-keys show` lists.");
}

/** The steps after servers sign with another key. */
export const stepsUntilRemoval = (kids: readonly number[]): readonly string[] => [
  RESTART,
  ...kids.map(
    (kid) =>
      `After 30 days no session token of key ${kid} is left. Rotate the service keys that depend on it (docs/service-keys.md), then run: projostack rotate-keys remove ${kid}`,
  ),
];
