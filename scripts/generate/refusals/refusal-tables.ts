// The tables of all messages that a refused request, call or command can have: of the server, from the contract's reasons and
// causes; of the SDK and of the CLI, from their source code.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { causes, httpStatusOf, reasons, type Reason } from "@projostack/contract";
import { reasonTextsIn, scanSource, type FoundMessage, type SourceFile } from "./scan-source.ts";

export const allReasons = Object.keys(reasons).filter((key): key is Reason => key in reasons);

/** Returns the messages of a reason: the message of the reason itself, then those of its causes. */
export function messagesOf(reason: Reason): readonly string[] {
  const declared: Readonly<Partial<Record<Reason, Readonly<Record<string, string>>>>> = causes;
  return [reasons[reason][1], ...Object.values(declared[reason] ?? {})];
}

/** Reads the source files of a package, without tests and generated files. */
export function readSources(root: string, folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts") && !path.includes("generated"))
    .toSorted()
    .map((path) => ({ path: `${folder}/${path}`, text: readFileSync(join(root, folder, path), "utf8") }));
}

/** @param actionOf the advice of a reason, for a message that contains none */
export function serverTable(actionOf: (reason: Reason) => string): string {
  const rows = allReasons.flatMap((reason) =>
    messagesOf(reason).map((message) => {
      const { cause, next } = splitMessage(message);
      const link = `[\`${reason}\`](#${reason.replaceAll(".", "")})`;
      return [cause, next ?? firstSentence(actionOf(reason)), link, String(httpStatusOf(reason))] as const;
    }),
  );
  return table(["cause", "next step", "reason", "status"], rows);
}

export function sdkTable(root: string): string {
  const { messages } = scanSource(readSources(root, "packages/sdk/src"));
  // A plain Error does not leave the SDK.
  const shown = messages.filter(({ creator }) => creator !== "Error");
  const rows = shown.map((found) => {
    const { cause, next } = splitMessage(found.message);
    return [cause, next ?? sdkFallback[found.creator] ?? REPORT, errorOf(found)] as const;
  });
  return table(["cause", "next step", "error"], rows);
}

export function cliTable(root: string): string {
  const { messages } = scanSource(readSources(root, "apps/cli/src"));
  // A plain Error is a bug, and an error class of its own is a part of the message of another error.
  const shown = messages.filter(({ creator }) => cliCreators.has(creator));
  const rows = shown.map((found) => {
    const { cause, next } = splitMessage(found.message);
    const { reason, exitCode } = kindOf(found);
    // The message follows the option.
    if (found.creator === "InvalidArgumentError") {
      const rule = found.message.replace(/^It must be (.*)\.$/, 'use $1, not "{value}".');
      return [`{option}: ${rule}`, "Correct the value of the option.", reason, exitCode] as const;
    }
    return [cause, next ?? cliFallback(found), reason, exitCode] as const;
  });
  return table(["cause", "next step", "reason", "exit code"], rows);
}

/** The folders whose errors end the start of the server, `projostack migrate` or `projostack doctor`. */
const startFolders = [
  "apps/api/src/config",
  "apps/api/src/http/web",
  "apps/api/src/identity",
  "apps/api/src/observe/metrics",
  "apps/api/src/runtime",
  "apps/api/src/servers",
  "packages/db/src/embedded",
  "packages/db/src/login",
  "packages/db/src/migrations",
];
const startCreators = new Set([
  "ConfigError",
  "DataDirectoryError",
  "MetricsAddressError",
  "EmbeddedPostgresError",
  "KeyRingError",
  "LivingServersError",
  "MigrationError",
  "PostgresAddressError",
  "SecretError",
  "WebFilesError",
]);

export function startTable(root: string): string {
  const { messages } = scanSource(startFolders.flatMap((folder) => readSources(root, folder)));
  const rows = messages
    .filter(({ creator }) => startCreators.has(creator))
    .map(({ message }) => {
      const { cause, next } = splitMessage(message);
      // Some of these messages separate the next step by a colon.
      const [, before, after] = next === null ? (/^(.{18,}?): ([a-z].*)$/s.exec(message) ?? []) : [];
      return before === undefined || after === undefined
        ? ([cause, next ?? "Correct it, then start the server again."] as const)
        : ([before, after] as const);
    });
  return table(["cause", "next step"], rows);
}

/** The texts of the CLI for reasons of the server. */
export function cliTexts(root: string): ReadonlyMap<string, readonly string[]> {
  return reasonTextsIn(readSources(root, "apps/cli/src"), (text) => text in reasons);
}

function errorOf({ creator, reason }: FoundMessage): string {
  if (creator === "") return "`ProjoError`";
  // The SDK turns a failure of a caller's function into the error of the call.
  if (creator === "CallbackError") return "`ProjoError`, code `CALLBACK_FAILED`";
  return reason === undefined ? `\`${creator}\`` : `\`${creator}\`, code \`${reason}\``;
}

function kindOf({ creator, reason, exitCode, path }: FoundMessage): { reason: string; exitCode: string } {
  const isUsage = creator === "InvalidArgumentError" || path.startsWith("apps/cli/src/usage/");
  if (isUsage) return { reason: "`cli.usage`", exitCode: "2" };
  if (reason === undefined || reason === "{reason}")
    return { reason: "that of the server", exitCode: String(exitCode ?? 1) };
  // The name of the object is part of some reasons.
  return { reason: `\`${reason.replace("{reason}", "cli.{noun}")}\``, exitCode: String(exitCode ?? 1) };
}

const cliCreators = new Set(["CliError", "usageError", "interrupted", "InvalidArgumentError", ""]);

/** The next step after a message of the CLI that contains none. */
const cliFallback = ({ creator }: FoundMessage): string =>
  creator === "" ? "The line continues with the next step." : "Correct the value that the message names.";

/** The next step after a message of the SDK that contains none. */
const sdkFallback: Readonly<Record<string, string>> = {
  TypeError: "Correct this argument.",
  UnknownOperationError: "Check the name.",
  CallbackError: "Correct this function.",
  ProjoTimeoutError: "Repeat the call, or set a longer `timeoutMs`.",
  ProjoConnectionError:
    "Check that the server is running and that `baseUrl` is correct. After a lost connection, check the effect of the call.",
};
const REPORT = "Report the request id to the operator of the server.";

/** Splits a message into the cause, its first sentence, and the next step, the rest. */
export function splitMessage(message: string): { cause: string; next: string | null } {
  const [cause = "", ...rest] = message.trim().split(SENTENCE_END);
  return { cause, next: rest.length === 0 ? null : rest.join(" ") };
}

const SENTENCE_END = /(?<=[.?!])\s+(?=[A-Z{"'-]|fieldErrors)/;

const firstSentence = (text: string): string => splitMessage(text).cause;

/** Rows sorted by the words of the first cell, without duplicates. */
function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  // A row whose cause is only a value would not be found by its words.
  const lines = new Map(
    rows.filter(([cause]) => keyOf(cause) !== "").map((cells) => [cells.join("|"), cells]),
  );
  const sorted = [...lines.values()].toSorted((a, b) => (keyOf(a[0]) < keyOf(b[0]) ? -1 : 1));
  return [heads, heads.map(() => "---"), ...sorted.map((cells) => cells.map((cell) => escapeCell(cell)))]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

/** Placeholders and signs do not count for the order. */
const keyOf = (text = ""): string =>
  text
    .replaceAll(/\{\w+\}/g, "")
    .replaceAll(/[^\p{L}\p{N} ]/gu, "")
    .trim()
    .toLowerCase();

const escapeCell = (text: string): string =>
  text.replaceAll("|", "\\|").replaceAll("<", "\\<").replaceAll("*", "\\*").replaceAll("\n", " ");
