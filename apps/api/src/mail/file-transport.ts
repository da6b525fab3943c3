import { randomBytes } from "node:crypto";
import { chmod, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../runtime/clock.ts";
import { MailNotSent, type Mail, type MailTransport } from "./mail.ts";
import type { Mailbox } from "./mailbox.ts";
import { messageOf } from "./message-of.ts";

export interface FileOptions {
  /** The directory of the mails. It is created if absent, with mode 0700; the files have mode 0600. */
  readonly directory: string;
  readonly from: Mailbox;
  readonly clock: Clock;
  /** Prints a line about each mail. The line is not logged. */
  readonly announce: (line: string) => void;
  /**
   * Whether the line contains the link of the mail, which gives access to an account. Otherwise it contains the path of the
   * file.
   */
  readonly showsLinks: boolean;
}

/** Writes each mail to a file `<id>.<template>.eml`. No mail leaves the machine. */
export function fileTransport({ directory, from, clock, announce, showsLinks }: FileOptions): MailTransport {
  return {
    description: `files in ${directory}`,
    send: async (mail) => {
      const name = `${mail.id}.${mail.template}.eml`;
      try {
        // nodemailer is loaded with the first mail, so that the server starts faster.
        const { createTransport } = await import("nodemailer");
        const transport = createTransport({ streamTransport: true, buffer: true });
        const { text: _, html: __, ...headers } = messageOf(mail, from, clock);
        const { message } = await transport.sendMail({ ...headers, alternatives: partsOf(mail) });
        if (!Buffer.isBuffer(message)) throw new Error("nodemailer returned no buffer");
        await writePrivateFile(directory, name, message);
      } catch (error) {
        throw new MailNotSent(error instanceof Error ? error.message : String(error), { cause: error });
      }
      const location = showsLinks && mail.link !== null ? mail.link : join(directory, name);
      announce(`Mail to ${mail.to}: ${mail.subject}: ${location}`);
    },
  };
}

/**
 * The parts of the mail as they are, so that a link or a token can be copied from the file. nodemailer would fold lines of more than
 * 76 characters, which only mail servers need.
 */
const partsOf = ({ text, html }: Mail) => [part("text/plain", text), part("text/html", html)];

const part = (type: string, content: string) => ({
  raw: `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${content.replaceAll(/\r?\n/g, "\r\n")}`,
});

/** Writes the file under a temporary name and renames it, so that readers of the directory never see a partial file. */
async function writePrivateFile(directory: string, name: string, content: Buffer): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  const draft = join(directory, `.${name}.${randomBytes(6).toString("hex")}.new`);
  try {
    await writeFile(draft, content, { flag: "wx", mode: 0o600 });
    await rename(draft, join(directory, name));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
