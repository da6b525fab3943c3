import type { MailProblem } from "@projostack/db";

/** A composed mail, ready for a transport. */
export interface Mail {
  /** The id in the outbox. A mail that is sent twice has the same `Message-ID`, so mailboxes can detect the duplicate. */
  readonly id: string;
  readonly template: string;
  /** One address, without a name. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The link with its token; null when the mail has no link. */
  readonly link: string | null;
}

export interface MailTransport {
  /** A description of the destination, without secrets. */
  readonly description: string;
  /** Sends a mail. @param signal aborts the sending @throws MailNotSent */
  send(mail: Mail, signal: AbortSignal): Promise<void>;
}

interface MailNotSentOptions {
  readonly permanent: boolean;
  readonly problem: MailProblem;
  readonly cause: unknown;
}

/** The mail was probably not sent. The message gives the reason, without secrets, and is stored in the outbox. */
export class MailNotSent extends Error {
  override readonly name = "MailNotSent";
  /** Whether retrying cannot succeed. */
  readonly permanent: boolean;
  /** The class of the failure, which the sender of the mail sees. */
  readonly problem: MailProblem;

  constructor(
    message: string,
    { permanent = false, problem = "not_accepted", cause }: Partial<MailNotSentOptions> = {},
  ) {
    super(message, { cause });
    this.permanent = permanent;
    this.problem = problem;
  }
}
