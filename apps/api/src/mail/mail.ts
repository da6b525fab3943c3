/** A mail as a transport takes it. */
export interface Mail {
  /** The outbox's id: the same mail sent twice has one `Message-ID`, by which mailboxes know it again. */
  readonly id: string;
  readonly template: string;
  /** One bare address, without a name. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** What the mail is about, with its token; null when it brings none. */
  readonly link: string | null;
}

export interface MailTransport {
  /** Where mail goes, in words and without secrets. */
  readonly description: string;
  /** @param signal gives up on the mail @throws MailNotSent */
  send(mail: Mail, signal: AbortSignal): Promise<void>;
}

/** The mail did not leave, as far as one can tell. The message says why, without secrets, and may be kept. */
export class MailNotSent extends Error {
  override readonly name = "MailNotSent";
  /** Trying again cannot help. */
  readonly permanent: boolean;

  constructor(message: string, { permanent = false, cause }: { permanent?: boolean; cause?: unknown } = {}) {
    super(message, { cause });
    this.permanent = permanent;
  }
}
