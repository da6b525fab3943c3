/**
 * Checks the documentation: each link has a target, each path exists, each pnpm command is a script of this repository, and the
 * index in docs/README.md lists every page. It reads README.md, CONTRIBUTING.md, SECURITY.md, the templates in .github, and
 * every page below docs. It does not check the text.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { runCheck } from "./run-check.ts";
import { lineAt } from "./line-at.ts";

/** A code span that begins with one of these names is a path in this repository. `<noun>` and `*` match any name. */
const topFolders = [
  "packages",
  "apps",
  "bench",
  "deploy",
  "docs",
  "scripts",
  "test",
  ".ci",
  ".changeset",
  ".github",
];
/** Files that the build creates. A clean checkout does not contain them. */
const built = /\/(?:dist|generated|node_modules)(?:\/|$)/;

/** The built-in commands of pnpm. */
const pnpmCommands = new Set(
  "add approve-builds audit config create dedupe deploy dlx exec fetch help i import init install install-test licenses link list ls outdated pack patch prune publish rebuild remove rm root sbom self-update store unlink up update why".split(
    " ",
  ),
);
/** The options of pnpm whose value is the next word. */
const pnpmOptionsWithValue = new Set(["-C", "--dir", "-F", "--filter"]);

interface Page {
  path: string;
  /** The text without fenced blocks. It has the same lines. */
  prose: string;
  /** The fenced blocks without the other text. It has the same lines. */
  fenced: string;
}

/** Checks the documentation of the repository at `root`. @returns a line for each finding: `file:line message` */
export function checkDocs(root: string): string[] {
  const scripts = rootScripts(root);
  const pages = pagePaths(root).map((path) => readPage(root, path));
  return [
    ...pages.flatMap((page) => [
      ...checkLinks(root, page),
      ...checkPaths(root, page),
      ...checkCommands(page, scripts),
    ]),
    ...indexes.flatMap((index) => checkIndex(pages, index)),
  ];
}

/** The index pages, and the pages that each one must link to. */
const indexes = [
  { index: "docs/README.md", lists: /^docs\/(?!decisions\/|operating\/incidents\/(?!README)|README\.md$)/ },
  { index: "docs/operating/incidents/README.md", lists: /^docs\/operating\/incidents\/(?!README\.md$)/ },
  { index: "docs/decisions/README.md", lists: /^docs\/decisions\/(?!README\.md$)/ },
];

function checkIndex(pages: readonly Page[], { index, lists }: (typeof indexes)[number]): string[] {
  const page = pages.find(({ path }) => path === index);
  if (!page) return [];
  const links = linksOf(page).filter(({ link }) => !isExternal(link));
  const listed = new Set(links.map(({ link }) => targetOf(index, link).file));
  return pages
    .filter(({ path }) => lists.test(path) && !listed.has(path))
    .map(({ path }) => `${index}:1 does not list ${path}: add a line for the page`);
}

function checkLinks(root: string, page: Page): string[] {
  return linksOf(page).flatMap(({ link, line }) => {
    const problem = brokenLink(root, page.path, link);
    return problem === undefined ? [] : [`${page.path}:${line} links to ${link}: ${problem}`];
  });
}

function linksOf({ prose }: Page): { link: string; line: number }[] {
  const text = prose.replaceAll(/`[^`\n]*`/g, (span) => " ".repeat(span.length));
  const inline = text.matchAll(/\]\(\s*<?([^()\s<>]+(?:\([^()\s]*\)[^()\s<>]*)*)>?(?:\s+"[^"]*")?\s*\)/g);
  const defined = text.matchAll(/^ {0,3}\[[^\]]+\]:\s*<?([^\s<>]+)/gm);
  return [...inline, ...defined].map((match) => ({ link: match[1] ?? "", line: lineAt(prose, match.index) }));
}

function isExternal(link: string): boolean {
  return /^[a-z][a-z\d+.-]*:/i.test(link);
}

/** Resolves a link on the page `from` to a file, relative to the repository, and a heading. */
function targetOf(from: string, link: string): { file: string; anchor?: string | undefined } {
  const [file = "", anchor] = decodeURIComponent(link).split("#");
  return { file: file === "" ? from : posix.join(posix.dirname(from), file), anchor };
}

function brokenLink(root: string, from: string, link: string): string | undefined {
  if (isExternal(link)) return undefined;
  if (link.startsWith("/")) return "a link inside the repository is relative to its page";

  const { file: target, anchor } = targetOf(from, link);
  if (target.startsWith("../")) return "it leaves the repository";
  if (!existsSync(join(root, target))) return `${target} does not exist`;
  if (anchor === undefined || !target.endsWith(".md")) return undefined;
  return anchorsOf(readPage(root, target)).has(anchor) ? undefined : `${target} has no heading #${anchor}`;
}

/** The anchors that GitHub derives from headings: lower case, no punctuation, a dash for each space, numbers for repeats. */
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
      /^[\w.@<>*-]+(?:\/[\w.@<>*-]+)*$/.test(named) && topFolders.includes(named.split("/", 1)[0] ?? "");
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

/** Finds the script that a pnpm command runs. @returns undefined if it runs none, or one of another package */
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
  const atRoot = ["README.md", "CONTRIBUTING.md", "SECURITY.md"];
  return [...atRoot, ...pagesIn(root, ".github"), ...pagesIn(root, "docs")].filter((path) =>
    existsSync(join(root, path)),
  );
}

function pagesIn(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .map((path) => posix.join(folder, path.replaceAll("\\", "/")))
    .toSorted();
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
