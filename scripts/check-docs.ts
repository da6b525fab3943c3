/**
 * Checks what the documentation claims: that links lead somewhere, that the paths it names exist, and that the commands
 * it gives are scripts of this repository. It reads README.md, CONTRIBUTING.md and every page below docs; it judges no prose.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { runCheck } from "./run-check.ts";
import { lineAt } from "./source-text.ts";

/** A code span that begins with one of these is a path of this repository; `<noun>` and `*` stand for any one name. */
const rooms = ["packages", "apps", "bench", "docs", "scripts", "test", ".ci", ".changeset"];
/** Built, not committed: a clean checkout has none of it. */
const built = /\/(?:dist|generated|node_modules)(?:\/|$)/;

/** The commands of pnpm itself that a reader may be told to type. */
const pnpmCommands = new Set(
  "add approve-builds audit config create dedupe deploy dlx exec fetch help i import init install install-test licenses link list ls outdated pack patch prune publish rebuild remove rm root self-update store unlink up update why".split(
    " ",
  ),
);
/** Options that take the next word with them. */
const pnpmOptionsWithValue = new Set(["-C", "--dir", "-F", "--filter"]);

interface Page {
  path: string;
  /** The text with fenced blocks blanked, lines kept. */
  prose: string;
  /** The fenced blocks with everything else blanked, lines kept. */
  fenced: string;
}

/** Every claim of the documentation at `root` that does not hold, as `file:line what is wrong`. */
export function checkDocs(root: string): string[] {
  const scripts = rootScripts(root);
  return pagePaths(root).flatMap((path) => {
    const page = readPage(root, path);
    return [...checkLinks(root, page), ...checkPaths(root, page), ...checkCommands(page, scripts)];
  });
}

function checkLinks(root: string, { path, prose }: Page): string[] {
  const text = prose.replaceAll(/`[^`\n]*`/g, (span) => " ".repeat(span.length));
  const inline = text.matchAll(/\]\(\s*<?([^()\s<>]+(?:\([^()\s]*\)[^()\s<>]*)*)>?(?:\s+"[^"]*")?\s*\)/g);
  const defined = text.matchAll(/^ {0,3}\[[^\]]+\]:\s*<?([^\s<>]+)/gm);
  return [...inline, ...defined].flatMap((match) => {
    const [, link = ""] = match;
    const wrong = brokenLink(root, path, link);
    return wrong === undefined ? [] : [`${path}:${lineAt(prose, match.index)} links to ${link}: ${wrong}`];
  });
}

function brokenLink(root: string, from: string, link: string): string | undefined {
  if (/^[a-z][a-z\d+.-]*:/i.test(link)) return undefined;
  if (link.startsWith("/")) return "a link inside the repository is relative to its page";

  const [file = "", anchor] = decodeURIComponent(link).split("#");
  const target = file === "" ? from : posix.join(posix.dirname(from), file);
  if (target.startsWith("../")) return "it leaves the repository";
  if (!existsSync(join(root, target))) return `${target} does not exist`;
  if (anchor === undefined || !target.endsWith(".md")) return undefined;
  return anchorsOf(readPage(root, target)).has(anchor) ? undefined : `${target} has no heading #${anchor}`;
}

/** Headings as GitHub turns them into anchors: lower case, punctuation dropped, blanks to dashes, repeats numbered. */
function anchorsOf({ prose }: Page): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of prose.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const shown = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1");
    const anchor = shown
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(/\s/g, "-");
    let numbered = anchor;
    for (let count = 1; anchors.has(numbered); count += 1) numbered = `${anchor}-${count}`;
    anchors.add(numbered);
  }
  for (const [, id = ""] of prose.matchAll(/\b(?:id|name)="([^"]+)"/g)) anchors.add(id);
  return anchors;
}

function checkPaths(root: string, { path, prose }: Page): string[] {
  return [...prose.matchAll(/`([^`\n]+)`/g)].flatMap((match) => {
    const named = (match[1] ?? "").replace(/:\d+(?:-\d+)?$/, "").replace(/\/$/, "");
    const isPath =
      /^[\w.@<>*-]+(?:\/[\w.@<>*-]+)*$/.test(named) && rooms.includes(named.split("/", 1)[0] ?? "");
    if (!isPath || !named.includes("/") || built.test(named) || pathExists(root, named.split("/"))) return [];
    return [`${path}:${lineAt(prose, match.index)} names \`${named}\`: there is no such path`];
  });
}

function pathExists(folder: string, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined) return true;
  if (!/[<*]/.test(name)) return existsSync(join(folder, name)) && pathExists(join(folder, name), rest);
  if (name === "**" && pathExists(folder, rest)) return true;

  const pattern = name.split(/<[^>]*>|\*+/).map((piece) => piece.replaceAll(".", "\\."));
  const like = new RegExp(`^${pattern.join(".+")}$`);
  const next = name === "**" ? [name, ...rest] : rest;
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => like.test(entry.name) && (next.length === 0 || entry.isDirectory()))
    .some((entry) => pathExists(join(folder, entry.name), next));
}

function checkCommands({ path, prose, fenced }: Page, scripts: ReadonlySet<string>): string[] {
  const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map((match) => ({
    line: lineAt(prose, match.index),
    code: match[1] ?? "",
  }));
  const lines = fenced
    .split("\n")
    .map((line, index) => ({ line: index + 1, code: line.replace(/(?:^|\s)#.*/, "") }));

  return [...spans, ...lines].flatMap(({ line, code }) =>
    [...code.matchAll(/(?<![\w@./-])pnpm(?:@[\w.-]+)?((?:\s+[^\s|;&)`'"]+)+)/g)].flatMap(([, words = ""]) => {
      const script = scriptOf(words.trim().split(/\s+/));
      if (script === undefined || scripts.has(script)) return [];
      return [`${path}:${line} says pnpm ${script}: neither a script of package.json nor a command of pnpm`];
    }),
  );
}

/** The script that a pnpm command line runs here; undefined when it runs none, or one of another package. */
function scriptOf(words: readonly string[]): string | undefined {
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (
      pnpmOptionsWithValue.has(word) ||
      word.startsWith("--filter=") ||
      word === "-r" ||
      word === "--recursive"
    )
      return undefined;
    if (word.startsWith("-")) continue;
    if (word === "run" || word === "run-script") continue;
    return pnpmCommands.has(word) ? undefined : word.replace(/[.,:]$/, "");
  }
  return undefined;
}

function rootScripts(root: string): ReadonlySet<string> {
  const manifest: unknown = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const hasScripts = typeof manifest === "object" && manifest !== null && "scripts" in manifest;
  return new Set(hasScripts ? Object.keys(manifest.scripts ?? {}) : []);
}

function pagePaths(root: string): string[] {
  const docs = existsSync(join(root, "docs"))
    ? readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    : [];
  const pages = docs
    .filter((path) => path.endsWith(".md"))
    .map((path) => posix.join("docs", path.replaceAll("\\", "/")));
  return ["README.md", "CONTRIBUTING.md", ...pages.toSorted()].filter((path) => existsSync(join(root, path)));
}

function readPage(root: string, path: string): Page {
  let fence: string | undefined;
  const prose: string[] = [];
  const fenced: string[] = [];
  for (const line of readFileSync(join(root, path), "utf8").split("\n")) {
    const marks = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
    const isFence = marks !== undefined && (fence === undefined || marks.startsWith(fence));
    if (isFence) fence = fence === undefined ? marks : undefined;
    prose.push(isFence || fence !== undefined ? "" : line);
    fenced.push(isFence || fence === undefined ? "" : line);
  }
  return { path, prose: prose.join("\n"), fenced: fenced.join("\n") };
}

runCheck(import.meta, checkDocs);
