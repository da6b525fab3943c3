// Where the embedded database of a running server is reached: its socket lies in a directory of its own at each start.
import { randomBytes } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const schema = z.object({
  host: z.string().min(1),
  port: z.int().min(1).max(65_535),
  /** The file that holds the password, where one is asked for; the note itself holds none. */
  passwordFile: z.string().nullable(),
});

export type ConnectionNote = z.output<typeof schema>;

/** The note under a data directory: `connection.json`, of mode 0600, there for as long as the server runs. */
export function connectionNote(dataDir: string) {
  const path = join(dataDir, "connection.json");
  return {
    write: async (note: ConnectionNote): Promise<void> => {
      const draft = `${path}.${randomBytes(6).toString("hex")}.new`;
      await writeFile(draft, `${JSON.stringify(note)}\n`, { flag: "wx", mode: 0o600 });
      await rename(draft, path);
    },
    /** Null when there is none. */
    read: async (): Promise<ConnectionNote | null> => {
      const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return null;
        throw error;
      });
      return text === null ? null : schema.parse(JSON.parse(text));
    },
    remove: (): Promise<void> => rm(path, { force: true }),
  };
}
