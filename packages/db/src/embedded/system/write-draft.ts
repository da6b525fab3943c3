import { rm, writeFile } from "node:fs/promises";

/** Writes a new file that the caller renames or links when it is complete. It leaves no file behind when the disk is full. */
export async function writeDraft(draft: string, text: string, mode: number): Promise<string> {
  try {
    await writeFile(draft, text, { flag: "wx", mode });
    return draft;
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
