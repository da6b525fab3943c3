import { randomBytes } from "node:crypto";
import { chmod, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../clock.ts";
import { MailNotSent, type MailTransport } from "./mail.ts";
import type { Mailbox } from "./mailbox.ts";
import { messageOf } from "./message-of.ts";

export interface FileOptions {
  /** Made if absent, for its owner alone (0700), as are the files (0600). */
  readonly directory: string;
  readonly from: Mailbox;
  readonly clock: Clock;
  /** Tells the person at the console: the line holds a link that opens an account, and goes into no log. */
  readonly announce: (line: string) => void;
}

/** For development: mail becomes a file `<id>.<template>.eml`, and its link is shown. Nothing leaves the machine. */
export function fileTransport({ directory, from, clock, announce }: FileOptions): MailTransport {
  return {
    description: `files in ${directory}`,
    send: async (mail) => {
      try {
        // Loaded with the first mail, as the server starts sooner without.
        const { createTransport } = await import("nodemailer");
        const transport = createTransport({ streamTransport: true, buffer: true });
        const { message } = await transport.sendMail(messageOf(mail, from, clock));
        if (!Buffer.isBuffer(message)) throw new Error("nodemailer gave no buffer");
        await writeOwn(directory, `${mail.id}.${mail.template}.eml`, message);
      } catch (error) {
        throw new MailNotSent(error instanceof Error ? error.message : String(error), { cause: error });
      }
      announce(`Mail to ${mail.to}: ${mail.subject}${mail.link === null ? "" : `: ${mail.link}`}`);
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
