// The variables of mail, of the web application, and of browsers.
import { z } from "zod";
import { noticeNames, parseMailNotices } from "../../mail/mail-notices.ts";
import { parseMailbox } from "../../mail/mailbox.ts";
import { parseSmtpUrl } from "../../mail/smtp-address.ts";
import { allowedOrigins, cookieDomain, parsed, parseAppUrl } from "./formats.ts";
import { choice, variable } from "./variable.ts";

export const mailAndWebVariables = {
  PROJO_SMTP_URL: variable({
    schema: parsed(parseSmtpUrl).optional(),
    expected: "an address such as smtps://user:password@host:465 (docs/configuration.md)",
    values: "an `smtps://` or `smtp://` address",
    description: "the mail server: see [Mail](#mail)",
    example: "smtps://user:password@host:465",
    unset: "mail is written to files",
    production: "required; TLS is required, except on loopback",
    isSecret: true,
  }),
  PROJO_MAIL: variable({
    schema: z.enum(["files"]).optional(),
    expected: "files, or left out where PROJO_SMTP_URL is set",
    values: "`files`",
    description: "`files` writes mail to files where a mail server is otherwise required",
    example: "files",
    unset: "none",
    production: "refused",
  }),
  PROJO_MAIL_FROM: variable({
    schema: parsed(parseMailbox).optional(),
    expected: 'a sender such as "Engines <mail@example.com>"',
    values: "an address, also with a name",
    description: "the sender of all mail; required with `PROJO_SMTP_URL`",
    example: "Engines <mail@example.com>",
    unset: "none",
    production: "required",
  }),
  PROJO_MAIL_NOTICES: variable({
    schema: parsed(parseMailNotices).default({ removed: true, roleChanged: true }),
    expected: `${noticeNames.join(", ")}, both separated by a comma, or none`,
    values: `${noticeNames.map((name) => `\`${name}\``).join(", ")}, both separated by a comma, or \`none\``,
    description:
      "the notices that members get by mail. Notices about passwords are always sent: see [Mail](security.md#mail)",
    example: "removed",
    unset: `\`${noticeNames.join(",")}\``,
  }),
  PROJO_INVITES_NEED_VERIFIED_EMAIL: choice({
    options: ["true", "false"],
    fallback: "true",
    example: "false",
    description:
      "whether only users with a verified address may invite; `false` suits a private installation: see [Invites](invites.md#protection-against-unwanted-mail)",
  }),
  PROJO_APP_URL: variable({
    schema: parsed(parseAppUrl).optional(),
    expected: "an address such as https://app.example.com",
    values: "an `https://` or `http://` address",
    description:
      "the public address of the web application, with which [mailed links](web.md#your-own-application) begin; required with `PROJO_SMTP_URL`",
    example: "https://app.example.com",
    unset: "the server's own address",
    production: "required; must begin with `https://`, except on loopback",
  }),
  PROJO_COOKIE_DOMAIN: variable({
    schema: cookieDomain.optional(),
    expected: "a domain such as example.com",
    values: "a domain",
    description:
      "the domain of the session cookie, if the application is at another host of this domain and a server renders its pages: see [Cookie sessions](sessions.md#cookie-sessions). The host of `PROJO_APP_URL` must be in it, and begin with `https://`. Every host of the domain gets the cookie, so each of them must be yours",
    example: "example.com",
    unset: "the cookie belongs to the host of the server",
  }),
  PROJO_ALLOWED_ORIGINS: variable({
    schema: allowedOrigins.optional(),
    expected:
      "the origins whose pages may call the server, separated by commas, such as https://app.example.com",
    values: "origins, separated by commas",
    description:
      "the origins whose pages can call the server and read its answers: see [Pages of other origins](browsers.md)",
    example: "https://app.example.com",
    unset: "none",
    production: "must begin with `https://`, except on loopback",
  }),
  PROJO_DOCS: choice({
    options: ["on", "off"],
    fallback: "on",
    example: "off",
    description: "`off` switches off the page `/docs`: see [OpenAPI](openapi.md#the-page)",
  }),
  PROJO_WEB: choice({
    options: ["on", "off"],
    fallback: "on",
    example: "off",
    description: "`off`: the server does not send [the web application](web.md)",
  }),
  PROJO_WEB_DIR: variable({
    schema: z.string().min(1).optional(),
    expected: "the directory of a built web application",
    values: "a path",
    description: "the directory of a built web application: see [Settings](web.md#settings)",
    example: "/srv/projostack/web",
    unset: "`apps/web/dist`",
  }),
};
