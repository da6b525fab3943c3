// The connection note: how to reach the embedded database of a running server, whose socket is in a new directory at each
// start.
import { randomBytes } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const schema = z.object({
  host: z.string().min(1),
  port: z.int().min(1).max(65_535),
  /** The file with the password, or null when the database asks for none. The note does not contain the password. */
  passwordFile: z.string().nullable(),
});

export type ConnectionNote = z.output<typeof schema>;

/** The note `connection.json` in a data directory. It has mode 0600 and exists while the server runs. */
export function connectionNote(dataDir: string) {
  const path = join(dataDir, "connection.json");
  return {
    write: async (note: ConnectionNote): Promise<void> => {
      const draft = `${path}.${randomBytes(6).toString("hex")}.new`;
      await writeFile(draft, `${JSON.stringify(note)}\n`, { flag: "wx", mode: 0o600 });
      await rename(draft, path);
    },
    /** Reads the note; null when there is none. */
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
