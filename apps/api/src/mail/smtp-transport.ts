import type { MailProblem } from "@projostack/db";
import type { Transporter } from "nodemailer";
import type { Clock } from "../runtime/clock.ts";
import { MailNotSent, type MailTransport } from "./mail.ts";
import type { Mailbox } from "./mailbox.ts";
import { messageOf } from "./message-of.ts";
import type { SmtpAddress } from "./smtp-address.ts";

export interface SmtpOptions {
  readonly smtp: SmtpAddress;
  readonly from: Mailbox;
  readonly clock: Clock;
}

/**
 * Sends mail to an SMTP server, with one connection for each mail. Every wait has a timeout, and the signal closes the
 * connection.
 */
export function smtpTransport({ smtp, from, clock }: SmtpOptions): MailTransport {
  const { host, port } = smtp;
  let opened: Promise<Transporter> | undefined;
  return {
    description: `SMTP to ${host}:${port}`,
    send: async (mail, signal) => {
      try {
        const transport = await (opened ??= open(smtp));
        await transport.sendMail({ ...messageOf(mail, from, clock), signal });
      } catch (error) {
        throw signal.aborted ? new MailNotSent("it took too long") : toMailNotSent(error);
      }
    },
  };
}

/** Connects to the mail server and signs in, and sends no mail. @throws MailNotSent with the reason */
export async function verifySmtp(smtp: SmtpAddress): Promise<void> {
  const transport = await open(smtp);
  try {
    await transport.verify();
  } catch (error) {
    throw toMailNotSent(error);
  } finally {
    transport.close();
  }
}

/** Opens the transport. nodemailer is loaded with the first mail, so that the server starts faster. */
async function open({ host, port, tls, login }: SmtpAddress): Promise<Transporter> {
  const { createTransport } = await import("nodemailer");
  return createTransport({
    host,
    port,
    secure: tls === "implicit",
    requireTLS: tls === "required",
    ignoreTLS: tls === "off",
    tls: { minVersion: "TLSv1.2" },
    // With a login, mail is never sent without authentication, even if the server would accept it.
    ...(login && { auth: { user: login.user, pass: login.password }, forceAuth: true }),
    dnsTimeout: 5_000,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
  });
}

const REJECTIONS: Readonly<Record<string, MailProblem>> = {
  "RCPT TO": "recipient_rejected",
  DATA: "message_rejected",
};

function toMailNotSent(error: unknown): MailNotSent {
  const { code, command, responseCode, response, message } = factsOf(error);
  if (responseCode === undefined) return new MailNotSent(printable([code, message]), { cause: error });
  // A server may quote its input in the response. After DATA and AUTH the input holds a token or a password, so only the
  // status codes are kept.
  const mayQuoteSecrets = command === "DATA" || command?.startsWith("AUTH");
  const details = mayQuoteSecrets
    ? /^\d{3}(?:[ -]\d\.\d{1,3}\.\d{1,3})?/.exec(response ?? "")?.[0]
    : response;
  // A refusal of the recipient or of the mail is permanent (RFC 5321, section 4.2.1). A refusal of the sender or of the
  // login is a configuration error, which an operator can correct.
  const rejection = responseCode < 500 ? undefined : REJECTIONS[command ?? ""];
  return new MailNotSent(printable([command, details ?? String(responseCode)]), {
    ...(rejection && { permanent: true, problem: rejection }),
  });
}

interface SmtpFacts {
  code?: string;
  command?: string;
  responseCode?: number;
  response?: string;
  message?: string;
}

function factsOf(error: unknown): SmtpFacts {
  const { code, command, responseCode, response, message } = Object(error) as Record<string, unknown>;
  return {
    ...(typeof code === "string" && { code }),
    ...(typeof command === "string" && { command }),
    ...(typeof responseCode === "number" && { responseCode }),
    ...(typeof response === "string" && { response }),
    ...(typeof message === "string" && { message }),
  };
}

const printable = (parts: readonly (string | undefined)[]): string =>
  parts
    .filter((part) => part !== undefined)
    .join(": ")
    .replaceAll(/[^\x20-\x7e]+/g, " ")
    .slice(0, 300);
