// Replaces a file as a whole. A reader sees the old content or the new one, also after a crash or a power failure, and the new
// file never has a wider mode.
//
// The space is reserved first: a refresh token may not be exchanged for one that no longer fits on the disk.
import { bytesOf, fileSystem, paths, randomId } from "./system.js";
/** Creates the new version with space for `bytes` more than the present file has. @throws the system's error */
export async function prepareReplacement(path, bytes) {
    // Tools that manage such files often make them symbolic links. The link stays.
    const { open, rm, stat } = fileSystem();
    const target = await resolved(path);
    const size = await stat(target).then((stats) => stats.size, () => 0);
    const draft = `${target}.${randomId()}`;
    const discard = () => rm(draft, { force: true });
    const file = await open(draft, "wx", 0o600);
    try {
        await file.writeFile(" ".repeat(size + bytes));
    }
    catch (error) {
        await discard();
        throw error;
    }
    finally {
        await file.close();
    }
    return {
        discard,
        async commit(text) {
            try {
                await commit(text, { draft, target });
            }
            catch (error) {
                await discard();
                throw error;
            }
        },
    };
}
async function commit(text, { draft, target }) {
    const { open, rename } = fileSystem();
    const file = await open(draft, "r+");
    try {
        // Overwrite first and cut then: cutting would give the reserved space back.
        const content = bytesOf(text);
        // A system may write a part only.
        for (let at = 0; at < content.length;) {
            at += (await file.write(content, at, content.length - at, at)).bytesWritten;
        }
        await file.truncate(content.length);
        await file.sync();
    }
    finally {
        await file.close();
    }
    await rename(draft, target);
    await syncDirectory(paths().dirname(target));
}
/** Makes the rename survive a power failure, where the system supports it. */
async function syncDirectory(path) {
    const directory = await fileSystem()
        .open(path, "r")
        .catch(() => undefined);
    if (!directory)
        return;
    try {
        await directory.sync();
    }
    catch {
        // The file system cannot write directories on demand. The file itself is written.
    }
    finally {
        await directory.close();
    }
}
/** Longer than any program works between preparing and committing. */
const ABANDONED_MS = 10 * 60_000;
/** Removes the new versions that killed processes left, because they may contain tokens. */
export async function removeAbandoned(path) {
    const { readdir, rm, stat } = fileSystem();
    const { basename, dirname, join } = paths();
    const target = await resolved(path);
    const prefix = `${basename(target)}.`;
    const names = await readdir(dirname(target)).catch(() => []);
    for (const name of names.filter((each) => each.startsWith(prefix) && UUID_AT_END.test(each))) {
        const draft = join(dirname(target), name);
        const changedAt = await stat(draft).then((stats) => stats.mtimeMs, () => Date.now());
        if (Math.abs(Date.now() - changedAt) > ABANDONED_MS)
            await rm(draft, { force: true });
    }
}
/** Follows symbolic links. */
const resolved = (path) => fileSystem()
    .realpath(path)
    .catch(() => path);
const UUID_AT_END = /\.[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
