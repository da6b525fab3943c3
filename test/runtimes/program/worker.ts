// A process that shares a session with others through a file. It obeys the lines of its input, and answers each with one line.
import { readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { createClient } from "@projostack/sdk";
import { fileTokenStore } from "@projostack/sdk/node";

const [baseUrl = "", path = ""] = process.argv.slice(2);
const tokens = fileTokenStore({ path });
const client = createClient({ baseUrl, tokens });

const commands: Readonly<Record<string, () => Promise<string>>> = {
  call: async () => (await client.auth.me()).user.email,
  /** Stores the present tokens without an end. */
  write: async () => {
    const present = await tokens.get();
    console.log("writing");
    if (!present) return "nothing to write";
    for (;;) await tokens.set(present);
  },
  /** Fills the disk of the file. */
  fill: async () => {
    const filler = `${path}.filler`;
    for (let size = 1 << 16; size > 0; size >>= 1) {
      try {
        writeFileSync(filler, readIfThere(filler) + "x".repeat(size));
      } catch {
        // This much does not fit. Try less.
      }
    }
    return "full";
  },
  /** Leaves space for the lock and for no new version of the file. */
  "free a page": async () => {
    truncateSync(`${path}.filler`, readIfThere(`${path}.filler`).length - 4096);
    return "one page is free";
  },
  free: async () => {
    rmSync(`${path}.filler`);
    return "free";
  },
};

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

console.log("ready");
createInterface({ input: process.stdin }).on("line", (line) => {
  const command = commands[line] ?? (() => Promise.reject(new Error(`There is no command ${line}.`)));
  command().then(console.log, (error: Error) => console.log(`failed: ${error.message}`));
});
