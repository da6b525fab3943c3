import { systemErrorCode } from "./file-problem.js";
import { fileSystem, paths } from "./system.js";
/**
 * Creates a directory and its missing parents, all with mode 0700. Node's `recursive` option never returns for a path where
 * the system creates no directories, such as /proc/x/y.
 *
 * @throws the system's error
 */
export async function createDirectory(path) {
    const parent = paths().dirname(path);
    try {
        await create(path);
    }
    catch (error) {
        if (systemErrorCode(error) !== "ENOENT" || parent === path)
            throw error;
        await createDirectory(parent);
        await create(path);
    }
}
async function create(path) {
    try {
        await fileSystem().mkdir(path, { mode: 0o700 });
    }
    catch (error) {
        const isDirectory = await fileSystem()
            .stat(path)
            .then((stats) => stats.isDirectory(), () => false);
        if (!isDirectory)
            throw error;
    }
}
