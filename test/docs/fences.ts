import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A fenced code block in a document. */
export interface Fence {
  /** The document and the line where the block begins, for example `README.md:32`. */
  readonly at: string;
  readonly language: string;
  readonly code: string;
  /** Whether the comment `<!-- run -->` precedes the block. The tests run these blocks in the order of the document. */
  readonly run: boolean;
}

/** Reads the code blocks of README.md and of every document below docs. */
export function readFences(root: string): Fence[] {
  const documents = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`)
    .toSorted();
  return ["README.md", ...documents].flatMap((document) => fencesOf(root, document));
}

function fencesOf(root: string, document: string): Fence[] {
  const text = readFileSync(join(root, document), "utf8");
  const blocks = text.matchAll(/(<!-- run -->\s*)?^```(\w+)\n([^]*?)^```$/gm);
  return [...blocks].map(({ index, 1: run, 2: language = "", 3: code = "" }) => ({
    at: `${document}:${text.slice(0, index).split("\n").length}`,
    language,
    code,
    run: run !== undefined,
  }));
}
