// Keeps the compiled code of the program's files between its runs, because to compile them takes a large part of a short command.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Script } from "node:vm";

/** Older files are removed. Most of them are from an earlier version of the program or of Node.js. */
const KEPT_DAYS = 30;
const WRITABLE_BY_OTHERS = 0o022;
const CHECKSUM_BYTES = 4;

const BEFORE_CODE = "(function(exports,require,module){";
const AFTER_CODE = "\n})";

/**
 * Has Node.js load the files of the program with the code that earlier runs compiled. The code that this run compiles is kept when
 * the process ends. It includes the functions that the run used, which the compile cache of Node.js leaves out.
 * @param cache the directory of the user for files that can be made again. Without it, nothing is kept
 */
export function useCompiledCode(cache: string | undefined): void {
  if (cache === undefined) return;
  const directory = join(cache, "compiled");
  const state = stateOf(directory);
  if (state === "unsafe") return;
  const compiled = new Map<string, Script>();
  // oxlint-disable-next-line typescript/no-deprecated -- it stays in Node.js, and registerHooks needs Node.js 22.15
  require.extensions[".cjs"] = (module, filename) => {
    const file = join(directory, `${basename(filename)}.${process.version}-${process.arch}`);
    const source = BEFORE_CODE + readFileSync(filename, "utf8") + AFTER_CODE;
    const cachedData = state === "own" ? readCode(file) : undefined;
    const script = new Script(source, { filename, ...(cachedData && { cachedData }) });
    // V8 rejects code for other options of Node.js.
    if (script.cachedDataRejected !== false) compiled.set(file, script);
    const load = script.runInThisContext() as (...of: readonly unknown[]) => void;
    load.call(module.exports, module.exports, (id: string): unknown => module.require(id), module);
  };
  process.once("exit", () => {
    if (compiled.size > 0) keep(directory, compiled);
  });
}

function keep(directory: string, compiled: ReadonlyMap<string, Script>): void {
  try {
    for (const parent of [dirname(dirname(directory)), dirname(directory), directory]) create(parent);
    if (stateOf(directory) !== "own") return;
    removeOld(directory);
    for (const [file, script] of compiled) replace(file, script.createCachedData());
  } catch {
    // For example, the disk is full. The next run compiles the code again.
  }
}

/**
 * The file is complete before it gets its name, except after a power failure: to wait for the disk would take longer than to compile
 * the code. It ends with a checksum, because V8 would run damaged code.
 */
function replace(file: string, code: Buffer): void {
  const part = `${file}.${process.pid}`;
  try {
    const checksum = Buffer.alloc(CHECKSUM_BYTES);
    checksum.writeUInt32LE(crc32(code));
    writeFileSync(part, Buffer.concat([code, checksum]), { mode: 0o600 });
    renameSync(part, file);
  } finally {
    rmSync(part, { force: true });
  }
}

function removeOld(directory: string): void {
  const oldest = Date.now() - KEPT_DAYS * 24 * 60 * 60 * 1000;
  for (const name of readdirSync(directory)) {
    const file = join(directory, name);
    if (statSync(file).mtimeMs < oldest) rmSync(file, { force: true });
  }
}

/** `--version` needs no checksum, so the module is loaded only here. */
const crc32 = (data: Buffer): number => process.getBuiltinModule("node:zlib").crc32(data);

/** Undefined if the file is absent or damaged. */
function readCode(file: string): Buffer | undefined {
  try {
    const kept = readFileSync(file);
    const code = kept.subarray(0, -CHECKSUM_BYTES);
    return crc32(code) === kept.readUInt32LE(code.length) ? code : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the directory is one that only this user can write. */
function stateOf(directory: string): "own" | "absent" | "unsafe" {
  try {
    const { uid, mode } = statSync(directory);
    const user = process.geteuid?.();
    return user === undefined || (uid === user && (mode & WRITABLE_BY_OTHERS) === 0) ? "own" : "unsafe";
  } catch {
    return "absent";
  }
}

function create(directory: string): void {
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch {
    // It is there, or the next step fails.
  }
}
