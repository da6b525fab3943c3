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

/** Hands mail to an SMTP server, one connection a mail. Every wait is bounded, and the signal ends the connection. */
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
        throw signal.aborted ? new MailNotSent("it took too long") : notSent(error);
      }
    },
  };
}

/** Loaded with the first mail, as the server starts sooner without. */
async function open({ host, port, tls, login }: SmtpAddress): Promise<Transporter> {
  const { createTransport } = await import("nodemailer");
  return createTransport({
    host,
    port,
    secure: tls === "implicit",
    requireTLS: tls === "required",
    ignoreTLS: tls === "off",
    tls: { minVersion: "TLSv1.2" },
    // With a login the mail is not sent without it, even if the server would take it.
    ...(login && { auth: { user: login.user, pass: login.password }, forceAuth: true }),
    dnsTimeout: 5_000,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
  });
}

function notSent(error: unknown): MailNotSent {
  const { code, command, responseCode, response, message } = factsOf(error);
  if (responseCode === undefined) return new MailNotSent(printable([code, message]), { cause: error });
  // A server may quote what it was sent. Before the login nothing was secret, but the mail's text holds a token: then
  // only the numbers are kept.
  const quotes = command === "DATA" || command?.startsWith("AUTH");
  const said = quotes ? /^\d{3}(?:[ -]\d\.\d{1,3}\.\d{1,3})?/.exec(response ?? "")?.[0] : response;
  // The recipient or the mail itself is refused for good (RFC 5321, section 4.2.1). A sender or login that is refused
  // is the configuration's fault, and may be mended.
  const permanent = responseCode >= 500 && (command === "RCPT TO" || command === "DATA");
  return new MailNotSent(printable([command, said ?? String(responseCode)]), { permanent });
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
