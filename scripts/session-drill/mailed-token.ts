import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

interface Mailbox {
  readonly mailDirectory: string;
  now: () => number;
  wait: (ms: number) => Promise<unknown>;
}

const PATIENCE_MS = 30_000;

/** Waits for a mail to the address, and takes the token out of it. */
export async function mailedToken({ mailDirectory, now, wait }: Mailbox, email: string): Promise<string> {
  for (const until = now() + PATIENCE_MS; now() < until; await wait(100)) {
    const token = await findToken(mailDirectory, email);
    if (token !== undefined) return token;
  }
  throw new Error(
    `No mail to ${email} came into ${mailDirectory}. Name the server's directory: --mail <PROJO_DATA_DIR>/mail`,
  );
}

async function findToken(directory: string, email: string): Promise<string | undefined> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names
    .filter((one) => one.endsWith(".eml"))
    .toSorted()
    .toReversed()) {
    const text = unfolded(await readFile(join(directory, name), "utf8"));
    const [token] = /\bpjo_[\w-]+/.exec(text) ?? [];
    if (token !== undefined && text.toLowerCase().includes(email)) return token;
  }
  return undefined;
}

/** Quoted-printable (RFC 2045, 6.7) breaks long lines with `=` at the end, and writes `=` as `=3D`. */
const unfolded = (source: string): string => source.replaceAll(/=\r?\n/g, "").replaceAll("=3D", "=");
