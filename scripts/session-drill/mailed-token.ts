import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

interface Mailbox {
  readonly mailDirectory: string;
  now: () => number;
  wait: (ms: number) => Promise<unknown>;
}

const TIMEOUT_MS = 30_000;

/** Waits for a mail to the address. @returns the token in it */
export async function mailedToken({ mailDirectory, now, wait }: Mailbox, email: string): Promise<string> {
  for (const deadline = now() + TIMEOUT_MS; now() < deadline; await wait(100)) {
    const token = await findToken(mailDirectory, email);
    if (token !== undefined) return token;
  }
  throw new Error(
    `No mail to ${email} arrived in ${mailDirectory}. Set the server's directory with --mail <PROJO_DATA_DIR>/mail.`,
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

/** Quoted-printable (RFC 2045, section 6.7) ends a soft line break with `=` and encodes `=` as `=3D`. */
const unfolded = (source: string): string => source.replaceAll(/=\r?\n/g, "").replaceAll("=3D", "=");
