import { randomBytes } from "node:crypto";
import { chmod, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../runtime/clock.ts";
import { MailNotSent, type MailTransport } from "./mail.ts";
import type { Mailbox } from "./mailbox.ts";
import { messageOf } from "./message-of.ts";

export interface FileOptions {
  /** Made if absent, for its owner alone (0700), as are the files (0600). */
  readonly directory: string;
  readonly from: Mailbox;
  readonly clock: Clock;
  /** Prints a line about each mail. It goes into no log. */
  readonly announce: (line: string) => void;
  /** Whether the line holds the mail's link, which opens an account; else it names the file, which its owner alone reads. */
  readonly showsLinks: boolean;
}

/** Mail becomes a file `<id>.<template>.eml`. Nothing leaves the machine. */
export function fileTransport({ directory, from, clock, announce, showsLinks }: FileOptions): MailTransport {
  return {
    description: `files in ${directory}`,
    send: async (mail) => {
      const name = `${mail.id}.${mail.template}.eml`;
      try {
        // Loaded with the first mail, as the server starts sooner without.
        const { createTransport } = await import("nodemailer");
        const transport = createTransport({ streamTransport: true, buffer: true });
        const { message } = await transport.sendMail(messageOf(mail, from, clock));
        if (!Buffer.isBuffer(message)) throw new Error("nodemailer gave no buffer");
        await writeOwn(directory, name, message);
      } catch (error) {
        throw new MailNotSent(error instanceof Error ? error.message : String(error), { cause: error });
      }
      const shown = showsLinks && mail.link !== null ? mail.link : join(directory, name);
      announce(`Mail to ${mail.to}: ${mail.subject}: ${shown}`);
    },
  };
}

/** Whoever lists the directory sees the whole file or none. */
async function writeOwn(directory: string, name: string, content: Buffer): Promise<void> {
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
