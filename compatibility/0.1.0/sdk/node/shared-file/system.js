// Types for the parts of Node.js that the files of this folder use. The modules are taken from process.getBuiltinModule, as in
// ../runtime.ts, which Deno and Bun have too. The cast is in `system`, which checks that the runtime has the function.
/** @throws TypeError in a runtime without the modules of Node.js, such as a browser */
export function system() {
    const { process } = globalThis;
    if (process?.getBuiltinModule === undefined)
        throw new TypeError("Files need Node.js 20.16 or newer, Deno or Bun.");
    return process;
}
export const fileSystem = () => system().getBuiltinModule("node:fs").promises;
export const paths = () => system().getBuiltinModule("node:path");
export const randomId = () => system().getBuiltinModule("node:crypto").randomUUID();
export const bytesOf = (text) => system().getBuiltinModule("node:buffer").Buffer.from(text);
export const wait = (ms) => new Promise((resolve) => void system().getBuiltinModule("node:timers").setTimeout(resolve, ms));
