// Reads the built web application into memory. Requests are answered from memory alone, so no path of a request reaches the
// file system.
import { createHash } from "node:crypto";
import type { Dirent } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { WebDirectorySetting } from "../../config/settings.ts";
import { isCompressible, mediaTypeOf } from "./media-types.ts";

/** The content codings of the files, the preferred one first. */
export const codings = ["br", "gzip"] as const;
export type Coding = (typeof codings)[number];

/** What a browser does with the file when it is opened by itself: a page and a document, such as an SVG image, can run scripts. */
export type FileKind = "page" | "document" | "resource";

export interface Encoded {
  readonly bytes: Buffer;
  /** A strong tag: it differs for each coding of the same file (RFC 9110, section 8.8.1). */
  readonly etag: string;
}

export interface WebFile {
  readonly contentType: string;
  readonly kind: FileKind;
  readonly plain: Encoded;
  /** The codings that make the file smaller. */
  readonly encoded: Readonly<Partial<Record<Coding, Encoded>>>;
}

/** The files by the path under which they are served. Null without a built application. */
export type WebFiles = ReadonlyMap<string, WebFile> | null;

/** The directory of the application cannot be served. The message is one line and says what to do. */
export class WebFilesError extends Error {
  override readonly name = "WebFilesError";
}

const PAGE = "index.html";
const MAX_FILES = 2_000;
const MAX_BYTES = 64 * 1024 * 1024;

/** @throws WebFilesError */
export async function readWebFiles({ path: root, isChosen }: WebDirectorySetting): Promise<WebFiles> {
  try {
    if (!(await isFile(join(root, PAGE)))) {
      if (!isChosen) return null;
      throw new WebFilesError(
        `PROJO_WEB_DIR: ${root} contains no index.html. Set it to the directory of a built web application, or set PROJO_WEB=off.`,
      );
    }
    return await readAll(root);
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    throw new WebFilesError(
      `PROJO_WEB_DIR: the server cannot read ${root} (${error.message}). Give its user read access, or set PROJO_WEB=off.`,
      { cause: error },
    );
  }
}

async function readAll(root: string): Promise<ReadonlyMap<string, WebFile>> {
  const names = await namesIn(root);
  const files = new Map<string, WebFile>();
  let bytes = 0;
  for (const name of names) {
    bytes += (await stat(join(root, name))).size;
    if (files.size >= MAX_FILES || bytes > MAX_BYTES) {
      throw new WebFilesError(
        `PROJO_WEB_DIR: ${root} has more than ${MAX_FILES} files or 64 MB, which the server keeps in memory. Set it to the directory of a built web application, or let a proxy serve the files.`,
      );
    }
    files.set(encodeURI(`/${name}`), await encodeFile(name, await readFile(join(root, name))));
  }
  const page = files.get(`/${PAGE}`);
  if (page) files.set("/", page);
  return files;
}

/** The paths of the regular files below a directory. Hidden files are left out, because editors and tools create them. */
async function namesIn(root: string, below = ""): Promise<string[]> {
  const entries = await readdir(join(root, below), { withFileTypes: true });
  const shown = entries.filter(({ name }) => !name.startsWith("."));
  const names = await Promise.all(shown.map((entry) => namesOf(root, below, entry)));
  return names.flat().toSorted();
}

async function namesOf(root: string, below: string, entry: Dirent): Promise<string[]> {
  const name = below === "" ? entry.name : `${below}/${entry.name}`;
  if (entry.isDirectory()) return namesIn(root, name);
  return entry.isFile() ? [name] : [];
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return false;
    throw error;
  }
}

async function encodeFile(name: string, plain: Buffer): Promise<WebFile> {
  const extension = extname(name).toLowerCase();
  const hash = createHash("sha256").update(plain).digest("base64url").slice(0, 22);
  const encoded: Partial<Record<Coding, Encoded>> = {};
  for (const coding of isCompressible(extension) ? codings : []) {
    const bytes = await compressors[coding](plain);
    if (bytes.length < plain.length) encoded[coding] = { bytes, etag: `"${hash}-${coding}"` };
  }
  return {
    contentType: mediaTypeOf(extension),
    kind: kindOf(extension),
    plain: { bytes: plain, etag: `"${hash}"` },
    encoded,
  };
}

function kindOf(extension: string): FileKind {
  if (extension === ".html") return "page";
  return extension === ".svg" || extension === ".xml" ? "document" : "resource";
}

const toGzip = promisify(gzip);
const toBrotli = promisify(brotliCompress);

/** Brotli's level 9 takes a tenth of the time of level 11, and its result is about a tenth larger. */
const BROTLI_LEVEL = 9;

const compressors: Readonly<Record<Coding, (plain: Buffer) => Promise<Buffer>>> = {
  br: (plain) =>
    toBrotli(plain, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: BROTLI_LEVEL,
        [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
      },
    }),
  gzip: (plain) => toGzip(plain, { level: 9 }),
};
