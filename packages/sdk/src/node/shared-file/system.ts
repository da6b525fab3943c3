// Types for the parts of Node.js that the files of this folder use. The modules are taken from process.getBuiltinModule, as in
// ../runtime.ts, which Deno and Bun have too. The cast is in `system`, which checks that the runtime has the function.

export interface FileStats {
  readonly size: number;
  readonly mode: number;
  readonly mtimeMs: number;
  readonly uid: number;
  isDirectory(): boolean;
  isFile(): boolean;
}

interface Bytes {
  readonly length: number;
}

interface FileHandle {
  writeFile(content: string): Promise<void>;
  write(
    content: Bytes,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesWritten: number }>;
  truncate(length: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

interface FileSystem {
  readonly chmod: (path: string, mode: number) => Promise<void>;
  readonly link: (from: string, to: string) => Promise<void>;
  readonly mkdir: (path: string, options: { readonly mode: number }) => Promise<void>;
  readonly open: (path: string, flags: string, mode?: number) => Promise<FileHandle>;
  readonly readdir: (path: string) => Promise<string[]>;
  readonly realpath: (path: string) => Promise<string>;
  readonly rename: (from: string, to: string) => Promise<void>;
  readonly rm: (path: string, options: { readonly force: boolean }) => Promise<void>;
  readonly stat: (path: string) => Promise<FileStats>;
  readonly utimes: (path: string, accessedAt: Date, changedAt: Date) => Promise<void>;
  readonly writeFile: (
    path: string,
    content: string,
    options: { readonly flag: "wx"; readonly mode: number },
  ) => Promise<void>;
}

interface Modules {
  readonly "node:fs": {
    readonly promises: FileSystem;
    readonly readFile: (
      path: string,
      encoding: "utf8",
      done: (error: Error | null, text: string) => void,
    ) => void;
    readonly readFileSync: (path: string, encoding: "utf8") => string;
    readonly statSync: (path: string) => FileStats;
    readonly readlinkSync: (path: string) => string;
  };
  readonly "node:path": {
    readonly basename: (path: string) => string;
    readonly dirname: (path: string) => string;
    readonly join: (...parts: string[]) => string;
    readonly resolve: (path: string) => string;
  };
  readonly "node:os": { readonly hostname: () => string };
  readonly "node:crypto": {
    readonly randomUUID: () => string;
    readonly createHash: (name: "sha256") => {
      update(text: string): { digest(encoding: "hex"): string };
    };
  };
  readonly "node:timers": {
    readonly setInterval: (act: () => void, ms: number) => { unref(): void };
    readonly clearInterval: (timer: unknown) => void;
    readonly setTimeout: (act: () => void, ms: number) => unknown;
  };
  readonly "node:buffer": { readonly Buffer: { from(text: string): Bytes } };
  readonly "node:perf_hooks": { readonly performance: { now(): number } };
}

interface SystemProcess {
  readonly pid: number;
  readonly platform: string;
  readonly getuid?: () => number;
  readonly kill: (pid: number, signal: 0) => boolean;
  readonly getBuiltinModule: <Name extends keyof Modules>(name: Name) => Modules[Name];
}

/** @throws TypeError in a runtime without the modules of Node.js, such as a browser */
export function system(): SystemProcess {
  const { process } = globalThis as { process?: Partial<SystemProcess> };
  if (process?.getBuiltinModule === undefined)
    throw new TypeError("Files need Node.js 20.16 or newer, Deno or Bun.");
  return process as SystemProcess;
}

/** Reads a file without loading `node:fs/promises`, which takes several milliseconds. @throws the system's error */
export const readText = (path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    system()
      .getBuiltinModule("node:fs")
      .readFile(path, "utf8", (error, text) => (error ? reject(error) : resolve(text)));
  });

/** Reads a file with a call that blocks the program. @throws the system's error, or an error for a pipe, which could block for ever */
export function readTextSync(path: string): string {
  const { statSync, readFileSync } = system().getBuiltinModule("node:fs");
  const stats = statSync(path);
  if (stats.isFile() || stats.isDirectory()) return readFileSync(path, "utf8");
  throw new Error("it is not a regular file");
}

export const fileSystem = (): FileSystem => system().getBuiltinModule("node:fs").promises;

export const paths = (): Modules["node:path"] => system().getBuiltinModule("node:path");

export const randomId = (): string => system().getBuiltinModule("node:crypto").randomUUID();

export const bytesOf = (text: string): Bytes => system().getBuiltinModule("node:buffer").Buffer.from(text);

export const wait = (ms: number): Promise<void> =>
  new Promise((resolve) => void system().getBuiltinModule("node:timers").setTimeout(resolve, ms));
