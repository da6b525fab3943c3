import { parseBaseUrl } from "../base-url.js";
import { formatTokens, parseTokens } from "../session/stored-tokens.js";
import { SharedFileError } from "./shared-file/shared-file-error.js";
import { sharedFile } from "./shared-file/shared-file.js";
import { fileSystem, paths, system } from "./shared-file/system.js";
/**
 * Creates a store that keeps the tokens of a session in a file, which several processes can share: they refresh the session once.
 * Creates the file with mode 0600 and missing directories with mode 0700. Refuses a file that other users can read.
 * Works on Node.js 20.16 or newer, Deno and Bun. The methods reject with a {@link SharedFileError}.
 *
 * @example
 * const tokens = fileTokenStore({ path: "/var/lib/reports/session.json" });
 * const client = createClient({ baseUrl, tokens });
 *
 * @throws TypeError that names an invalid option
 */
export function fileTokenStore(options) {
    const path = paths().resolve(pathOf(options));
    const file = sharedFile(path, { alternative: "pass another path to fileTokenStore" });
    const read = async () => {
        const content = await file.read();
        if (content === undefined)
            return undefined;
        await checkMode(path, options.allowGroup === true);
        return parse(path, content);
    };
    // The client calls set and clear inside the lock. A program that stores tokens of its own calls them outside.
    const write = (tokens) => {
        const content = `${formatTokens(tokens)}\n`;
        return file.isLocked() ? file.write(content) : file.lock(() => file.write(content));
    };
    return Object.freeze({
        path,
        get: read,
        set: write,
        // Keep the file: it may be a symbolic link, or the only file in a directory that the program may not change.
        clear: async () => {
            if ((await file.read()) !== undefined)
                await write(null);
        },
        lock: file.lock,
    });
}
function pathOf(options) {
    const { path, directory } = options;
    if ((path === undefined) === (directory === undefined)) {
        throw new TypeError('fileTokenStore needs either path, or directory and baseUrl, such as fileTokenStore({ path: "/var/lib/reports/session.json" }).');
    }
    if (path !== undefined)
        return checkPath(path, "path");
    const { baseUrl, name = "default" } = options;
    if (typeof name !== "string" || name === "")
        throw new TypeError("name must be a text that is not empty.");
    return paths().join(checkPath(directory, "directory"), fileNameOf(parseBaseUrl(baseUrl), name));
}
function checkPath(path, option) {
    if (typeof path === "string" && path !== "" && !path.includes("\0"))
        return path;
    throw new TypeError(`${option} must be the path of a ${option === "path" ? "file" : "directory"}.`);
}
/** Readable, valid on every system, and different for each server and name. */
function fileNameOf(baseUrl, name) {
    const { createHash } = system().getBuiltinModule("node:crypto");
    const digest = createHash("sha256").update(`${baseUrl}\n${name}`).digest("hex").slice(0, 16);
    const readable = `${baseUrl.replace(/^https?:\/\//, "")}-${name}`.replace(/[^\w.-]+/g, "-").slice(0, 80);
    return `${readable}-${digest}.json`;
}
/** Windows has no such modes: there, the directory of the user protects the file. */
async function checkMode(path, allowGroup) {
    if (system().platform === "win32")
        return;
    const { mode } = await fileSystem().stat(path);
    const open = mode & (allowGroup ? 0o007 : 0o077);
    if (open === 0)
        return;
    throw new SharedFileError(`Other users can read or change ${path} (mode ${(mode & 0o777).toString(8)}). Run: chmod 600 ${path}. If somebody may have copied it, sign out.`, "exposed");
}
function parse(path, content) {
    const tokens = parseTokens(content);
    if (tokens !== undefined)
        return tokens ?? undefined;
    throw new SharedFileError(`${path} does not contain the tokens of a session. Pass the path of another file, or delete this one and sign in again.`, "invalid");
}
