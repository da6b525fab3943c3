// Finds the token in text that was copied from a mail: the token itself, the link that contains it, or the link in the form
// that a mail scanner gave it. Scanners put the link into a parameter of their own link. No request is made to a scanner.
import { usageError } from "../cli-error.ts";
import { decodedForms } from "./decoded-forms.ts";

export type MailedKind = "invite" | "verification" | "reset";

interface Kind {
  readonly prefix: string;
  /** The page to which the link leads. Older servers had another page for invites. */
  readonly pages: readonly string[];
  readonly mail: string;
  readonly command: string;
}

const kinds: Readonly<Record<MailedKind, Kind>> = {
  invite: {
    prefix: "pji_",
    pages: ["/accept-invite", "/invite"],
    mail: "an invite",
    command: "projo invites accept",
  },
  verification: {
    prefix: "pjo_",
    pages: ["/verify-email"],
    mail: "a mail that verifies an address",
    command: "projo email verify",
  },
  reset: {
    prefix: "pjo_",
    pages: ["/reset-password"],
    mail: "a mail that resets a password",
    command: "projo password reset",
  },
};

// The tokens by their lengths: an invite, and the two forms of a one-time token.
const WHOLE = /pji_[\w-]{43}(?![\w-])|pjo_[\w-]{83}(?![\w-])|pjo_[\w-]{67}(?![\w-])/;
/** A token that other text follows directly. */
const FOLLOWED = /pji_[\w-]{43}|pjo_[\w-]{83}|pjo_[\w-]{67}/;
const ANY = /\bpj[a-z]_[\w-]+/;
const PAGE = /\/(?:accept-invite|invite|verify-email|reset-password)(?=[^\w-]*token\b)/;

/** Whether the text contains a whole token, so that no further line belongs to it. */
export const hasMailedToken = (text: string): boolean => firstMatch(decodedForms(text), WHOLE) !== undefined;

/** Returns the token for a command. @throws CliError when the text has no token, or one for another command */
export function mailedToken(text: string, expected: MailedKind): string {
  const forms = decodedForms(text);
  const token = firstMatch(forms, WHOLE) ?? firstMatch(forms, FOLLOWED) ?? firstMatch(forms, ANY);
  if (token === undefined) throw missingToken(text);
  const possible = Object.values(kinds).filter(({ prefix }) => token.startsWith(prefix));
  const page = firstMatch(forms, PAGE);
  const kind =
    possible.find(({ pages }) => page !== undefined && pages.includes(page)) ??
    possible.find((one) => one === kinds[expected]) ??
    possible[0];
  if (!kind) {
    throw usageError(
      `This is not a token from a mail: it begins with ${token.slice(0, 4)}. Paste the token or the link from the mail.`,
    );
  }
  if (kind !== kinds[expected]) throw usageError(`This token is from ${kind.mail}. Run: ${kind.command}`);
  return token;
}

const firstMatch = (forms: readonly string[], pattern: RegExp): string | undefined =>
  forms.flatMap((form) => pattern.exec(form)?.[0] ?? [])[0];

function missingToken(text: string) {
  const [, host] = /https?:\/\/([\w.-]+)/i.exec(text) ?? [];
  return usageError(
    host === undefined
      ? "This text contains no token. Paste the token or the link from the mail."
      : `The link to ${host} contains no token. A mail scanner may have replaced the link: paste the token below the link in the mail instead.`,
  );
}
